use std::{fs::File, io::Read, path::PathBuf};

use anyhow::{Context, Result};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::Deserialize;
use serde_json::json;

use crate::producer::Outgoing;

/// The agent that replayed requests are counted for.
pub const AGENT: &str = "replay";
/// The model they are counted as: recordings do not name theirs.
pub const MODEL: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

/// One recorded request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// When it was made.
    pub at: Timestamp,
    /// Tokens read.
    pub input: u64,
    /// Tokens generated.
    pub output: u64,
}

/// A recording, in the order of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording(Vec<Request>);

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "TIMESTAMP")]
    timestamp: String,
    #[serde(rename = "ContextTokens")]
    context_tokens: u64,
    #[serde(rename = "GeneratedTokens")]
    generated_tokens: u64,
}

impl Recording {
    /// Reads files.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let mut requests = vec![];
        for path in files {
            let file =
                File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
            requests.extend(
                Self::parse(file)
                    .with_context(|| format!("{} is no recording", path.display()))?
                    .0,
            );
        }
        Ok(Self(requests))
    }

    /// Reads CSV with the columns `TIMESTAMP` (UTC where it names no offset), `ContextTokens` and `GeneratedTokens`.
    pub fn parse(csv: impl Read) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(csv);
        let request = |(number, row): (usize, csv::Result<Row>)| {
            let line = number + 2;
            let row = row.with_context(|| format!("line {line}"))?;
            let at = moment(&row.timestamp)
                .with_context(|| format!("line {line}: {:?} is no time", row.timestamp))?;
            Ok(Request {
                at,
                input: row.context_tokens,
                output: row.generated_tokens,
            })
        };
        reader
            .deserialize()
            .enumerate()
            .map(request)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Its requests.
    pub fn requests(&self) -> &[Request] {
        &self.0
    }

    /// The days it covers, UTC; `None` where it is empty.
    pub fn days(&self) -> Option<(Date, Date)> {
        let days = || self.0.iter().map(|request| day(request.at));
        Some((days().min()?, days().max()?))
    }

    /// The requests as events of the workload `bedrock-usage`. Their names start with `run`: an event that comes twice counts
    /// once, and a recording may be replayed twice.
    pub fn events(&self, run: &str) -> Vec<Outgoing> {
        self.0
            .iter()
            .enumerate()
            .map(|(number, request)| event(run, number, request))
            .collect()
    }
}

fn event(run: &str, number: usize, request: &Request) -> Outgoing {
    let id = format!("{run}-{number}");
    let event = json!({
        "timestamp": request.at.to_string(),
        "request_id": id,
        "agent_id": AGENT,
        "model_id": MODEL,
        "input_tokens": request.input,
        "output_tokens": request.output,
        "status": 200,
    });
    Outgoing {
        key: id,
        data: event.to_string().into_bytes(),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// The UTC day.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const CSV: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-17T00:00:00Z,1,2\n";

    #[test]
    fn rows_are_requests_with_their_own_day() {
        let recording = Recording::parse(CSV.as_bytes()).unwrap();
        assert_eq!(
            recording.requests()[0].at.to_string(),
            "2023-11-16T18:15:46.68059Z"
        );
        assert_eq!(
            (
                recording.requests()[0].input,
                recording.requests()[0].output
            ),
            (374, 44)
        );
        assert_eq!(
            recording.days(),
            Some((date(2023, 11, 16), date(2023, 11, 17)))
        );
    }

    #[test]
    fn what_is_no_recording_says_where() {
        let error = |csv: &str| format!("{:#}", Recording::parse(csv.as_bytes()).unwrap_err());
        assert!(error("A,B\n1,2\n").starts_with("line 2"));
        assert!(
            error("TIMESTAMP,ContextTokens,GeneratedTokens\nsoon,1,2\n")
                .contains("line 2: \"soon\" is no time")
        );
        assert!(
            error("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,-1,2\n")
                .starts_with("line 2")
        );
    }

    #[test]
    fn every_event_has_a_name_of_its_own() {
        let events = Recording::parse(CSV.as_bytes()).unwrap().events("run");
        assert_eq!(
            (events[0].key.as_str(), events[1].key.as_str()),
            ("run-0", "run-1")
        );
        let first: serde_json::Value = serde_json::from_slice(&events[0].data).unwrap();
        assert_eq!(
            (
                first["input_tokens"].as_u64(),
                first["output_tokens"].as_u64()
            ),
            (Some(374), Some(44))
        );
    }
}
