//! The reader of uniform batches. Lambda writes the records of a batch as one text with five values that differ: the
//! first record is read as JSON, and the others are compared with it around these values, in a fifth of the time.

use jiff::Timestamp;
use memchr::memchr2;
use picket_shared::position;
use sonic_rs::pointer;

use super::{Record, RecordAction, ShardRecords, chain_of, source_of, wire::WireRecord};

/// The texts before the values that differ, in Lambda's order.
struct Frame<'a> {
    partition_key: &'a str,
    sequence_number: &'a str,
    data: &'a str,
    /// … and the shard, as part of the event's id.
    id: &'a str,
    rest: &'a str,
    /// The stream's, for all of them.
    region: &'a str,
}

/// The text between the payload and the arrival, which is a number: the one value that is not found by its pointer into
/// the first record.
const ARRIVAL: &str = "\",\"approximateArrivalTimestamp\":";
const BEFORE: &str = "{\"Records\":[";
const AFTER: &str = "]}";

/// Reads the records of one shard; `None` where a record differs in anything else: then the event is read by the JSON
/// reader.
pub(super) fn read(bytes: &[u8]) -> Option<ShardRecords<'_>> {
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    let mut rest = text.strip_prefix(BEFORE)?;
    let first = sonic_rs::get(text, pointer!["Records", 0]).ok()?;
    let first = rest.get(..first.as_raw_str().len())?;
    let wire: WireRecord<'_> = sonic_rs::from_str(first).ok()?;
    let frame = Frame::new(first, &wire)?;
    let (stream, shard) = source_of(0, &wire).ok()?;
    let chain = chain_of(0, &wire, stream, shard).ok()?;
    let mut records = Vec::with_capacity(rest.len() / first.len() + 1);
    loop {
        let (record, after) = frame.record(rest)?;
        records.push(record);
        if after == AFTER {
            return Some(ShardRecords { chain, records });
        }
        rest = after.strip_prefix(',')?;
    }
}

impl<'a> Frame<'a> {
    /// Creates the frame of the first record; `None` where its values have another order, or escapes.
    fn new(text: &'a str, record: &WireRecord<'a>) -> Option<Self> {
        let kinesis = &record.kinesis;
        let (_, number) = record.event_id.split_once(':')?;
        if number != kinesis.sequence_number {
            return None;
        }
        let [key, number, data] = [
            span(text, &kinesis.partition_key)?,
            span(text, &kinesis.sequence_number)?,
            span(text, &kinesis.data)?,
        ];
        let after_data = text.get(data.1..)?.strip_prefix(ARRIVAL)?;
        let arrival = after_data.find('}')?;
        let arrival = text.len() - after_data.len() + arrival;
        let id = span(text, &record.event_id)?;
        Some(Self {
            partition_key: text.get(..key.0)?,
            sequence_number: text.get(key.1..number.0)?,
            data: text.get(number.1..data.0)?,
            id: text.get(arrival..id.1 - kinesis.sequence_number.len())?,
            rest: text.get(id.1..)?,
            region: text.get(span(text, &record.region).map(|(start, end)| start..end)?)?,
        })
    }

    /// Reads the record that a text begins with. Returns the rest too.
    fn record(&self, text: &'a str) -> Option<(Record<'a>, &'a str)> {
        let (partition_key, text) = string(text.strip_prefix(self.partition_key)?)?;
        let (sequence_number, text) = string(text.strip_prefix(self.sequence_number)?)?;
        let (data, text) = string(text.strip_prefix(self.data)?)?;
        let (arrived_at, text) = arrival(text.strip_prefix(ARRIVAL)?)?;
        let text = text.strip_prefix(self.id)?.strip_prefix(sequence_number)?;
        position::check(sequence_number).ok()?;
        let record = Record {
            sequence_number: sequence_number.into(),
            partition_key: partition_key.into(),
            arrived_at,
            usage_at: arrived_at,
            region: self.region.into(),
            data: data.into(),
            action: RecordAction::default(),
        };
        Some((record, text.strip_prefix(self.rest)?))
    }
}

/// Returns the range of a part of the text; `None` where the value was unescaped and so is no part.
fn span(text: &str, part: &str) -> Option<(usize, usize)> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start + part.len();
    (end <= text.len()).then_some((start, end))
}

/// Returns the rest of a string without escapes, and the text after it, which begins with the closing quote.
fn string(text: &str) -> Option<(&str, &str)> {
    let end = memchr2(b'"', b'\\', text.as_bytes())?;
    let (string, rest) = text.split_at_checked(end)?;
    rest.starts_with('"').then_some((string, rest))
}

/// Reads seconds since 1970 with at most three decimals. Returns the rest too. Other spellings are left to the JSON
/// reader.
fn arrival(text: &str) -> Option<(Timestamp, &str)> {
    let (seconds, rest) = digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("0", rest), digits);
    // No number begins with a zero but zero; ten digits are the year 2286.
    if !(1..=10).contains(&seconds.len())
        || seconds.starts_with('0')
        || !(1..=3).contains(&fraction.len())
    {
        return None;
    }
    let number = |text: &str| {
        text.bytes()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
    };
    let thousandths = number(fraction) * [100, 10, 1][fraction.len() - 1];
    let at = Timestamp::from_millisecond(number(seconds) * 1_000 + thousandths).ok()?;
    Some((at, rest))
}

/// Splits off the digits that a text begins with.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::whole;
    use super::*;

    /// As Lambda writes a record.
    fn record(key: &str, number: &str, data: &str, arrival: &str) -> String {
        format!(
            r#"{{"kinesis":{{"kinesisSchemaVersion":"1.0","partitionKey":"{key}","sequenceNumber":"{number}","data":"{data}","approximateArrivalTimestamp":{arrival}}},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000006:{number}","eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/r","awsRegion":"eu-west-1","eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders"}}"#
        )
    }

    fn fields<'r>(shard: &'r ShardRecords<'_>) -> impl PartialEq + std::fmt::Debug + 'r {
        let record = |record: &'r Record<'_>| {
            let texts = [
                &*record.partition_key,
                &*record.sequence_number,
                &*record.data,
            ];
            (texts, record.arrived_at, &*record.region)
        };
        (
            &shard.chain,
            shard.records.iter().map(record).collect::<Vec<_>>(),
        )
    }

    fn event(records: &[String]) -> String {
        format!("{BEFORE}{}{AFTER}", records.join(","))
    }

    #[test]
    fn lambdas_own_spelling_is_taken() {
        let records = [
            record("a", "4959", "e30=", "1545084650.987"),
            record("ä'", "49590", "", "1545084651"),
            record("", "4", "e30", "1.5"),
        ];
        let event = event(&records);
        let alike = read(event.as_bytes()).unwrap();
        assert_eq!(alike.records.len(), 3);
        let whole = whole(event.as_bytes()).unwrap();
        assert_eq!(fields(&alike), fields(&whole[0]));
    }

    #[test]
    fn what_is_not_as_always_is_left_to_the_reader_of_json() {
        let first = record("a", "4959", "e30=", "1545084650.987");
        for second in [
            record("a\\\"", "4960", "e30=", "1545084650.987"),
            record("a", "4960", "e30=\\/", "1545084650.987"),
            record("a", "x", "e30=", "1545084650.987"),
            record("a", "4960", "e30=", "-1"),
            record("a", "4960", "e30=", "01.5"),
            record("a", "4960", "e30=", "1."),
            record("a", "4960", "e30=", "1.5e9"),
            record("a", "4960", "e30=", "1545084650.9871"),
            first.replace("shardId-000000000006", "shardId-000000000007"),
            first.replace("orders", "others"),
            first.replace("\"eventVersion\":\"1.0\",", ""),
            first.replace("shardId-000000000006:4959", "shardId-000000000006:4958"),
            format!(" {first}"),
            format!("{first} "),
            String::new(),
        ] {
            let event = event(&[first.clone(), second]);
            assert!(read(event.as_bytes()).is_none(), "{event}");
        }
        for event in [
            event(&[]),
            format!("{}\n", event(std::slice::from_ref(&first))),
            format!(" {}", event(&[first])),
        ] {
            assert!(read(event.as_bytes()).is_none(), "{event}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_taken_is_what_json_says(
            values in prop::collection::vec(("[a-z\"\\\\é]{0,3}", "[0-9]{1,4}|x", "[A-Za-z/\\\\]{0,5}", "[0-9]{1,2}(\\.[0-9]{1,4})?"), 1..4),
            at in 0_usize..2_000, byte: u8,
        ) {
            let records: Vec<String> = values.iter().map(|(key, number, data, arrival)| record(key, number, data, arrival)).collect();
            let text = event(&records);
            for place in [usize::MAX, at % text.len()] {
                let mut bytes = text.clone().into_bytes();
                if let Some(changed) = bytes.get_mut(place) {
                    *changed = byte;
                }
                if let Some(alike) = read(&bytes) {
                    let whole = whole(&bytes);
                    // A control character in a string is no JSON. No base64 either, so such a record is set apart.
                    let is_strange = bytes.iter().any(u8::is_ascii_control);
                    prop_assert!(whole.is_ok() || is_strange, "{:?}", whole);
                    if let Ok(whole) = whole {
                        prop_assert_eq!(fields(&alike), fields(&whole[0]));
                    }
                }
            }
        }
    }
}
