//! Environment → typed configuration, every problem reported at once.

mod receiver;

use std::time::Duration;

pub use receiver::{Authorization, Receiver};

use picket_shared::env::{Problems, Reader, Variables};

/// The variables this function reads; the template sets exactly these.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "CHAIN_TABLE",
    "LEDGER_TABLE",
    "STREAM_NAME",
    "QUARANTINE_BUCKET",
    "WARNING_TOPIC_ARN",
    "SETTLE_SECONDS",
    "MAXIMUM_SERIES",
    "MAXIMUM_LEDGER_ROWS",
    "PROMETHEUS_ENDPOINT",
    "PROMETHEUS_AUTHORIZATION",
    "PROMETHEUS_PARAMETER",
    "OVERRIDE_BUCKET",
];

/// The configuration of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`.
    pub environment: String,
    /// The stack: the dimension of Picket's own metrics, and the name in the heartbeat.
    pub stack: String,
    /// The chain table's name.
    pub chain_table: String,
    /// The ledger table's name.
    pub ledger_table: String,
    /// The event stream's name, to which the heartbeat is sent.
    pub stream: String,
    /// The quarantine bucket's name, for datapoints that CloudWatch rejects.
    pub quarantine_bucket: String,
    /// The warning topic's ARN.
    pub warning_topic: String,
    /// The time since the end of a minute after which it is published to CloudWatch.
    pub settle: Duration,
    /// The maximum number of CloudWatch series of all metrics together.
    pub maximum_series: u32,
    /// The maximum number of ledger rows of a day, without the rows named `Other`.
    pub maximum_ledger_rows: u32,
    /// The receiver of remote write; `None` turns Prometheus off.
    pub prometheus: Option<Receiver>,
    /// The S3 bucket of overrides of compiled-in files; `None` turns overrides off.
    pub override_bucket: Option<String>,
}

impl Config {
    /// Reads the configuration, or returns all its problems.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let environment = reader.required("ENVIRONMENT");
        let stack = reader.required("STACK_NAME");
        let chain_table = reader.required("CHAIN_TABLE");
        let ledger_table = reader.required("LEDGER_TABLE");
        let stream = reader.required("STREAM_NAME");
        let quarantine_bucket = reader.required("QUARANTINE_BUCKET");
        let warning_topic = reader.required("WARNING_TOPIC_ARN");
        let settle_seconds: Option<u32> = reader.required("SETTLE_SECONDS");
        let maximum_series = reader.required("MAXIMUM_SERIES");
        let maximum_ledger_rows = reader.required("MAXIMUM_LEDGER_ROWS");
        let prometheus = receiver::read(&mut reader);
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                chain_table: chain_table?,
                ledger_table: ledger_table?,
                stream: stream?,
                quarantine_bucket: quarantine_bucket?,
                warning_topic: warning_topic?,
                settle: Duration::from_secs(settle_seconds?.into()),
                maximum_series: maximum_series?,
                maximum_ledger_rows: maximum_ledger_rows?,
                prometheus,
                override_bucket,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_variable_is_read_and_every_problem_said() {
        let complete = HashMap::from([
            ("ENVIRONMENT", "dev"),
            ("STACK_NAME", "picket-dev"),
            ("CHAIN_TABLE", "chain"),
            ("LEDGER_TABLE", "ledger"),
            ("STREAM_NAME", "events"),
            ("QUARANTINE_BUCKET", "quarantine"),
            (
                "WARNING_TOPIC_ARN",
                "arn:aws:sns:eu-west-1:111122223333:warning",
            ),
            ("SETTLE_SECONDS", "60"),
            ("MAXIMUM_SERIES", "1000"),
            ("MAXIMUM_LEDGER_ROWS", "2000"),
        ]);
        let config = Config::read(&complete).unwrap();
        assert_eq!(config.settle, Duration::from_mins(1));
        assert_eq!(config.prometheus, None);
        let problems = Config::read(&HashMap::new()).unwrap_err();
        let required: Vec<_> = ENV
            .iter()
            .filter(|name| !name.starts_with("PROMETHEUS_") && **name != "OVERRIDE_BUCKET")
            .collect();
        assert_eq!(problems.0.len(), required.len());
        for (name, problem) in required.into_iter().zip(&problems.0) {
            assert!(problem.contains(name), "{problem}");
        }
    }
}
