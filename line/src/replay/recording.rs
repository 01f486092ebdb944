use std::{collections::BTreeMap, io::Read, num::NonZeroU32};

use anyhow::{Context, Result, ensure};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use picket_aws::stream::OutgoingRecord;
use serde::Deserialize;
use serde_json::json;

use super::counts::Counts;

/// The agent that replayed requests are counted for, where they are not dealt to several.
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
pub struct Recording {
    requests: Vec<Request>,
    agents: Option<NonZeroU32>,
}

/// The longest recording. CloudWatch takes datapoints of two weeks
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>), and a replay takes its
/// time.
const LONGEST: SignedDuration = SignedDuration::from_hours(13 * 24);

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
        let requests = reader.deserialize().enumerate().map(request);
        Ok(Self {
            requests: requests.collect::<Result<_>>()?,
            agents: None,
        })
    }

    /// The same with the requests of another after its own.
    #[must_use]
    pub fn followed_by(mut self, other: Self) -> Self {
        self.requests.extend(other.requests);
        self
    }

    /// The same with the requests dealt to so many agents in turn, `agent-0001` and on; with `None`, all are of
    /// [`AGENT`].
    #[must_use]
    pub fn dealt_to(self, agents: Option<NonZeroU32>) -> Self {
        Self { agents, ..self }
    }

    /// The same with all times moved by as much as makes the last request one of `now`: the ledger takes three weeks,
    /// CloudWatch two, and what is older counts when it arrives.
    pub fn ending_at(&self, now: Timestamp) -> Result<Self> {
        let times = || self.requests.iter().map(|request| request.at);
        let (Some(first), Some(last)) = (times().min(), times().max()) else {
            return Ok(self.clone());
        };
        ensure!(
            last.duration_since(first) <= LONGEST,
            "the recording is longer than {} days: CloudWatch takes datapoints of two weeks",
            LONGEST.as_hours() / 24
        );
        let by = now.duration_since(last);
        let moved = |request: &Request| {
            let at = request.at.checked_add(by)?;
            Ok(Request { at, ..*request })
        };
        Ok(Self {
            requests: self.requests.iter().map(moved).collect::<Result<_>>()?,
            agents: self.agents,
        })
    }

    /// The agent of a request, by its number.
    pub(super) fn agent(&self, number: usize) -> String {
        let agents = self
            .agents
            .map(|agents| usize::try_from(agents.get()).unwrap_or(usize::MAX));
        agents.map_or_else(
            || AGENT.to_owned(),
            |agents| format!("agent-{:04}", number % agents + 1),
        )
    }

    /// The requests of each agent.
    pub(super) fn by_agent(&self) -> BTreeMap<String, Counts> {
        let mut agents = BTreeMap::<String, Counts>::new();
        for (number, request) in self.requests.iter().enumerate() {
            *agents.entry(self.agent(number)).or_default() += Counts {
                requests: 1,
                input_tokens: request.input,
                output_tokens: request.output,
            };
        }
        agents
    }

    /// Its requests.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The days it covers, UTC; `None` where it is empty.
    pub fn days(&self) -> Option<(Date, Date)> {
        let days = || self.requests.iter().map(|request| day(request.at));
        Some((days().min()?, days().max()?))
    }

    /// The requests as events of the workload `bedrock-usage`. Their names start with `run`: an event that comes twice
    /// counts once, and a recording may be replayed twice.
    pub fn events(&self, run: &str) -> Vec<OutgoingRecord> {
        let requests = self.requests.iter().enumerate();
        requests
            .map(|(number, request)| event(run, number, &self.agent(number), request))
            .collect()
    }
}

fn event(run: &str, number: usize, agent: &str, request: &Request) -> OutgoingRecord {
    let id = format!("{run}-{number}");
    let event = json!({
        "timestamp": request.at.to_string(),
        "request_id": id,
        "agent_id": agent,
        "model_id": MODEL,
        "input_tokens": request.input,
        "output_tokens": request.output,
        "status": 200,
    });
    OutgoingRecord {
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
mod tests;
