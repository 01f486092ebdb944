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

/// What the deployment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: shown in the message's subject.
    pub environment: String,
    /// The stack that reports.
    pub stack: String,
    /// The usage ledger's table.
    pub ledger_table: String,
    /// Where the report goes.
    pub info_topic_arn: String,
    /// The S3 bucket of what takes the place of the prices; `None` is nothing.
    pub override_bucket: Option<String>,
}

impl Config {
    /// The configuration, or everything that is wrong with it.
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
    use std::{cell::RefCell, collections::HashMap};

    use super::*;

    struct Recorded(RefCell<Vec<String>>);

    impl Variables for Recorded {
        fn get(&self, name: &str) -> Option<String> {
            self.0.borrow_mut().push(name.to_owned());
            Some(format!("value of {name}"))
        }
    }

    #[test]
    fn what_is_read_is_what_env_lists() {
        let variables = Recorded(RefCell::default());
        assert!(Config::read(&variables).is_ok());
        assert_eq!(variables.0.into_inner(), ENV);
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
