//! A generator of batches that are as bad as 6 MB can be.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use crate::support::{Sent, aggregate, event};

/// The most records of an event.
const RECORDS: usize = 10_000;
/// The most bytes of a record (Kinesis quotas), and what it may inflate to.
const RECORD: usize = 1 << 20;
const INFLATED: usize = (16 << 20) - 100;

/// A payload of a record with this number.
type Payload = fn(&mut Random, usize) -> Vec<u8>;

/// The kinds of batches: the payload of a record. The last one mixes the others.
const KINDS: &[(&str, Payload)] = &[
    ("bombs", |_, _| gzip(&vec![b'A'; INFLATED])),
    ("bombs in aggregates", |_, _| {
        aggregate(&vec![gzip(&vec![b'A'; INFLATED]); 60])
    }),
    ("bombs that are too large", |_, _| {
        gzip(&vec![b'A'; 2 * INFLATED])
    }),
    ("lines of long broken JSON", |random, _| {
        let line = format!("{{{}", "x".repeat(random.size(900_000)));
        gzip(repeated(&line, "\n").as_bytes())
    }),
    ("lines of a letter", |_, _| {
        gzip(repeated("x", "\n").as_bytes())
    }),
    ("lines of long lists", |random, _| {
        let zeros = vec!["0"; random.size(400_000)].join(",");
        gzip(repeated(&format!(r#"{{"usage":{{"inputTokens":[{zeros}]}}}}"#), "\n").as_bytes())
    }),
    ("aggregates of nothing", |_, _| {
        aggregate(&vec![Vec::new(); RECORD / 8])
    }),
    ("subscriptions of empty lines", |_, _| {
        subscription(&vec![r"\n".to_owned(); INFLATED / 48])
    }),
    ("subscriptions with long dimensions", |random, _| {
        let lines = std::iter::repeat_with(|| {
            let channel = "x".repeat(990) + &random.text(8);
            format!(r#"{{\"event\":\"session_started\",\"channel\":\"{channel}\"}}"#)
        });
        subscription(&lines.take(INFLATED / 1_200).collect::<Vec<_>>())
    }),
    ("rows of the ledger", |random, number| {
        request(random, number, 20).into_bytes()
    }),
    ("long rows of the ledger", |random, number| {
        let lines = (0..INFLATED / 1_000).map(|line| request(random, number * 100_000 + line, 400));
        let lines: Vec<String> = lines.collect();
        let mut payload = gzip(lines.join("\n").as_bytes());
        let mut most = lines.len();
        while payload.len() > RECORD {
            most /= 2;
            payload = gzip(lines[..most].join("\n").as_bytes());
        }
        payload
    }),
    ("records of a letter", |_, _| b"x".to_vec()),
    ("anything", |random, number| {
        let (_, other) = KINDS[random.below(KINDS.len() - 1)];
        other(random, number)
    }),
];

pub(crate) fn now() -> jiff::Timestamp {
    "2026-11-20T06:15:00Z".parse().unwrap()
}

/// The name and the event of a batch, of at most so many bytes: a kind by its number, and with higher numbers again
/// with other sizes.
pub(crate) fn batch(seed: u64, most_bytes: usize) -> (&'static str, Vec<u8>) {
    let mut random = Random(seed);
    let kind = usize::try_from(seed).unwrap() % KINDS.len();
    let (name, payload) = KINDS[kind];
    let mut records: Vec<Sent> = Vec::new();
    let mut bytes = 0;
    while records.len() < RECORDS {
        // Some payloads are slow to make.
        let payload = match records.last() {
            Some(last) if random.below(10) > 0 && last.payload.len() > 1_000 => {
                last.payload.clone()
            }
            _ => payload(&mut random, records.len()),
        };
        bytes += payload.len().div_ceil(3) * 4 + 500;
        if bytes > most_bytes && !records.is_empty() {
            break;
        }
        records.push(Sent {
            shard: "shardId-000000000000".into(),
            sequence_number: (records.len() + 1).to_string(),
            partition_key: "p".into(),
            arrived_at_ms: now().as_millisecond(),
            payload,
        });
    }
    (name, event(&records))
}

/// A linear congruential generator.
pub(crate) struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    /// A size up to `most`, small as often as large.
    fn size(&mut self, most: usize) -> usize {
        let digits = usize::try_from(most.ilog2()).unwrap();
        1.max(most >> self.below(digits))
    }

    fn text(&mut self, length: usize) -> String {
        let letters = || char::from(b'a' + u8::try_from(self.below(26)).unwrap());
        std::iter::repeat_with(letters).take(length).collect()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A text as often as a record may inflate to it.
fn repeated(text: &str, by: &str) -> String {
    (text.to_owned() + by).repeat(INFLATED / (text.len() + by.len()))
}

/// A model request of an agent with a long name of its own.
fn request(random: &mut Random, number: usize, length: usize) -> String {
    let agent = random.text(length);
    format!(
        r#"{{"request_id":"q{number}","model_id":"m{number}","agent_id":"{agent}","input_tokens":1,"output_tokens":1}}"#
    )
}

/// A subscription's record of these messages, whose quotation marks are escaped already.
fn subscription(messages: &[String]) -> Vec<u8> {
    let mut text = r#"{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":["#.to_owned();
    for message in messages {
        text += r#"{"id":"1","timestamp":1795154460123,"message":""#;
        text += message;
        text += r#""},"#;
        if text.len() > INFLATED - 2_000 {
            break;
        }
    }
    text.pop();
    gzip((text + "]}").as_bytes())
}
