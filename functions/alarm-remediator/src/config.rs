//! The environment, typed.

use picket_shared::env::{Problems, Reader, Variables};

/// Every variable that is read; the template sets these and no others.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "REMEDIATION_TABLE",
    "INFO_TOPIC_ARN",
    "REMEDIATION_MODE",
    "KILL_SWITCH_PARAMETER",
    "OVERRIDE_BUCKET",
];

/// The configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: shown in the message's subject.
    pub environment: String,
    /// The own stack, which is never changed.
    pub stack: String,
    /// The table of leases and audit rows.
    pub remediation_table: String,
    /// The topic of the messages.
    pub info_topic_arn: String,
    /// Whether changes may be made.
    pub mode: ConfiguredMode,
    /// The parameter that must read `on` before a change is made.
    pub kill_switch_parameter: String,
    /// The S3 bucket of overrides; `None` is no overrides.
    pub override_bucket: Option<String>,
}

/// The mode that the deployment sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "kebab-case", parse_err_ty = InvalidMode, parse_err_fn = invalid_mode)]
pub enum ConfiguredMode {
    /// Changes are proposed only.
    Observe,
    /// Changes are made, where the kill switch is `on`.
    Act,
}

/// The error of a text that is not a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected observe or act")]
pub struct InvalidMode;

fn invalid_mode(_: &str) -> InvalidMode {
    InvalidMode
}

impl Config {
    /// Reads the configuration, or returns everything that is wrong with it.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let environment = reader.required("ENVIRONMENT");
        let stack = reader.required("STACK_NAME");
        let remediation_table = reader.required("REMEDIATION_TABLE");
        let info_topic_arn = reader.required("INFO_TOPIC_ARN");
        let mode = reader.required("REMEDIATION_MODE");
        let kill_switch_parameter = reader.required("KILL_SWITCH_PARAMETER");
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                remediation_table: remediation_table?,
                info_topic_arn: info_topic_arn?,
                mode: mode?,
                kill_switch_parameter: kill_switch_parameter?,
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
        let variables = RecordedVariables::new(|_| "observe".to_owned());
        assert!(Config::read(&variables).is_ok());
        assert_eq!(variables.into_names(), ENV);
    }

    #[test]
    fn a_bad_environment_is_reported_whole() {
        let variables = HashMap::from([("STACK_NAME", "picket-dev"), ("REMEDIATION_MODE", "Act")]);
        assert_eq!(
            Config::read(&variables).unwrap_err().to_string(),
            "the configuration has 5 problem(s): ENVIRONMENT is not set; REMEDIATION_TABLE is not set; INFO_TOPIC_ARN is not set; \
             REMEDIATION_MODE is \"Act\": expected observe or act; KILL_SWITCH_PARAMETER is not set"
        );
    }
}
