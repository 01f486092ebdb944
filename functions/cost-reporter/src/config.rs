//! The environment, typed.

use picket_shared::env::{Problems, Reader, Variables};

/// Every variable that is read; the template sets these and no others.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "LEDGER_TABLE",
    "INFO_TOPIC_ARN",
    "OVERRIDE_BUCKET",
];

/// The configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: shown in the message's subject.
    pub environment: String,
    /// The stack that reports.
    pub stack: String,
    /// The usage ledger's table.
    pub ledger_table: String,
    /// The topic of the report.
    pub info_topic_arn: String,
    /// The S3 bucket of overrides; `None` is no overrides.
    pub override_bucket: Option<String>,
}

impl Config {
    /// Reads the configuration, or returns everything that is wrong with it.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let [environment, stack, ledger_table, info_topic_arn] = [
            "ENVIRONMENT",
            "STACK_NAME",
            "LEDGER_TABLE",
            "INFO_TOPIC_ARN",
        ]
        .map(|name| reader.required::<String>(name));
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                ledger_table: ledger_table?,
                info_topic_arn: info_topic_arn?,
                override_bucket,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use picket_shared::env::RecordedVariables;

    use super::*;

    #[test]
    fn what_is_read_is_what_env_lists() {
        let variables = RecordedVariables::new(|name| format!("value of {name}"));
        assert!(Config::read(&variables).is_ok());
        assert_eq!(variables.into_names(), ENV);
    }

    #[test]
    fn a_missing_environment_is_reported_whole() {
        let problems = Config::read(&HashMap::from([("STACK_NAME", "picket-dev")])).unwrap_err();
        assert_eq!(
            problems.to_string(),
            "the configuration has 3 problem(s): ENVIRONMENT is not set; LEDGER_TABLE is not set; INFO_TOPIC_ARN is not set"
        );
    }
}
