//! Recorded answers of `aws dynamodb query` and `scan`, as ledger rows.

use jiff::civil::Date;
use serde_json::Value;

use super::{LedgerRows, row};
use crate::item::{Item, number_text, text};

/// The reason why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecording {
    /// It is not JSON.
    #[error("it is not JSON")]
    Json(#[from] serde_json::Error),
    /// It is no answer of DynamoDB.
    #[error("it has no \"Items\", as answers of `aws dynamodb query` do")]
    NoItems,
}

/// Reads an answer's usage rows: `{"Items": [{"day": {"S": …}, "requests": {"N": …}, …}]}`. Cursors and state, whose
/// `day` is not a date, are ignored.
pub fn read_recorded(bytes: &[u8]) -> Result<LedgerRows, InvalidRecording> {
    let answer: Value = serde_json::from_slice(bytes)?;
    let items = answer.get("Items").and_then(Value::as_array);
    let mut rows = LedgerRows::default();
    for item in items.ok_or(InvalidRecording::NoItems)? {
        let item = item_of(item);
        let day = item.get("day").and_then(|day| day.as_s().ok());
        let Some(day) = day.and_then(|day| day.parse::<Date>().ok()) else {
            continue;
        };
        match row::from_item(day, &item) {
            Ok(row) => rows.rows.push(row),
            Err(_) => rows.unreadable += 1,
        }
    }
    Ok(rows)
}

/// Texts and numbers; a row has no others.
fn item_of(item: &Value) -> Item {
    let attribute = |(name, value): (&String, &Value)| {
        let text_of = |kind: &str| value.get(kind)?.as_str().map(str::to_owned);
        let value = text_of("S")
            .map(text)
            .or_else(|| text_of("N").map(number_text))?;
        Some((name.clone(), value))
    };
    let attributes = item.as_object().into_iter().flatten();
    attributes.filter_map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_cursors_are_not() {
        let recording = br#"{"Count": 3, "Items": [
            {"day": {"S": "2026-11-19"}, "row": {"S": "[\"triage\",\"m\",\"INC-1\",null,false]"},
             "requests": {"N": "2"}, "input": {"N": "1000"}, "output": {"N": "500"},
             "cache_read": {"N": "0"}, "cache_write_5m": {"N": "0"}, "cache_write_1h": {"N": "0"}},
            {"day": {"S": "2026-11-19"}, "row": {"S": "[\"triage\"]"}, "requests": {"N": "2"}},
            {"day": {"S": "cursor/ledger"}, "row": {"S": "events/shard-1"}, "body": {"B": "AAAA"}}]}"#;
        let read = read_recorded(recording).unwrap();
        assert_eq!((read.rows.len(), read.unreadable), (1, 1));
        let row = &read.rows[0];
        assert_eq!(row.key.incident.as_deref(), Some("INC-1"));
        assert_eq!((row.usage.requests, row.usage.tokens.output), (2, 500));
        for refused in ["[]", "{", r#"{"Items": 5}"#] {
            assert!(read_recorded(refused.as_bytes()).is_err(), "{refused}");
        }
    }
}
