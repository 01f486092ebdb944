//! Environment → typed configuration, every problem reported at once.

use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use picket_shared::env::{Problems, Reader, Variables};

/// The variables this function reads. A test holds the list equal to the template's, both ways.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "CHAIN_TABLE",
    "QUARANTINE_BUCKET",
    "STREAM_RETENTION_HOURS",
    "OVERRIDE_BUCKET",
];

/// The function's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The deployment's environment, a dimension of every workload metric.
    pub environment: String,
    /// The stack, the dimension of our own metrics; another stack's heartbeats are not ours.
    pub stack: String,
    /// The DynamoDB table of the chains.
    pub chain_table: String,
    /// The S3 bucket for records that cannot be read.
    pub quarantine_bucket: String,
    /// How long the stream keeps a record.
    pub retention: Retention,
    /// The S3 bucket of overrides of rules and prices; `None` is no overrides.
    pub override_bucket: Option<String>,
}

/// How long the stream keeps a record: 24 hours to 365 days (Kinesis `IncreaseStreamRetentionPeriod`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(NonZeroU32);

const FEWEST_HOURS: u32 = 24;
const MOST_HOURS: u32 = 8_760;

/// Why a text is not a retention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stream keeps its records for {FEWEST_HOURS} to {MOST_HOURS} whole hours")]
pub struct InvalidRetention;

impl Retention {
    /// Returns the retention as a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0.get()) * 3_600)
    }
}

impl FromStr for Retention {
    type Err = InvalidRetention;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hours: NonZeroU32 = text.trim().parse().map_err(|_| InvalidRetention)?;
        (FEWEST_HOURS..=MOST_HOURS)
            .contains(&hours.get())
            .then_some(Self(hours))
            .ok_or(InvalidRetention)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} h", self.0)
    }
}

impl Config {
    /// Reads the configuration, or reports every problem at once.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let environment = reader.required("ENVIRONMENT");
        let stack = reader.required("STACK_NAME");
        let chain_table = reader.required("CHAIN_TABLE");
        let quarantine_bucket = reader.required("QUARANTINE_BUCKET");
        let retention = reader.required("STREAM_RETENTION_HOURS");
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                chain_table: chain_table?,
                quarantine_bucket: quarantine_bucket?,
                retention: retention?,
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
    fn every_missing_variable_is_named_at_once() {
        let problems = Config::read(&HashMap::new()).unwrap_err();
        let expected: Vec<_> = ENV
            .iter()
            .filter(|name| **name != "OVERRIDE_BUCKET")
            .map(|name| format!("{name} is not set"))
            .collect();
        assert_eq!(problems.0, expected);
    }

    #[test]
    fn a_complete_environment_is_read() {
        let variables = HashMap::from([
            ("ENVIRONMENT", "dev"),
            ("STACK_NAME", "picket-dev"),
            ("CHAIN_TABLE", "chains"),
            ("QUARANTINE_BUCKET", "quarantine"),
            ("STREAM_RETENTION_HOURS", "24"),
        ]);
        let config = Config::read(&variables).unwrap();
        assert_eq!(config.retention.duration(), Duration::from_hours(24));
        assert_eq!(
            (config.chain_table.as_str(), config.stack.as_str()),
            ("chains", "picket-dev")
        );
    }

    #[test]
    fn a_retention_that_kinesis_does_not_know_is_refused() {
        for text in ["0", "23", "8761", "-24", "a day", "24.5"] {
            assert_eq!(text.parse::<Retention>(), Err(InvalidRetention), "{text}");
        }
        assert_eq!("8760".parse::<Retention>().unwrap().to_string(), "8760 h");
    }
}
