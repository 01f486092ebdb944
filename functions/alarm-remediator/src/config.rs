//! The environment, typed.

use picket_rules::playbooks::Mode;
use picket_shared::env::{Problems, Reader, Variables};

use crate::resources::Resources;

/// Every variable that is read; the template sets these and no others.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "REMEDIATION_TABLE",
    "INFO_TOPIC_ARN",
    "REMEDIATION_MODE",
    "KILL_SWITCH_PARAMETER",
    "FOLLOW_UP_GROUP",
    "FOLLOW_UP_ROLE_ARN",
    "FAILURE_QUEUE_ARN",
    "OVERRIDE_BUCKET",
    "REMEDIATION_DOCUMENTS",
    "STACK_RESOURCES",
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
    /// The highest mode of a playbook that is in force.
    pub mode: Mode,
    /// The parameter that must read `on` before a change is made.
    pub kill_switch_parameter: String,
    /// The group of the one-time schedules of follow-ups.
    pub follow_up_group: String,
    /// The role with which EventBridge Scheduler invokes this function.
    pub follow_up_role_arn: String,
    /// The queue of follow-ups that EventBridge Scheduler could not deliver.
    pub failure_queue_arn: String,
    /// The S3 bucket of overrides; `None` is no overrides.
    pub override_bucket: Option<String>,
    /// The ARNs of the Automation documents that playbooks may run.
    pub documents: Vec<String>,
    /// The resources of the stack that playbooks may name.
    pub resources: Resources,
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
        let follow_up_group = reader.required("FOLLOW_UP_GROUP");
        let follow_up_role_arn = reader.required("FOLLOW_UP_ROLE_ARN");
        let failure_queue_arn = reader.required("FAILURE_QUEUE_ARN");
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        let documents: Option<String> = reader.optional("REMEDIATION_DOCUMENTS");
        let resources = reader.optional::<Resources>("STACK_RESOURCES");
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                remediation_table: remediation_table?,
                info_topic_arn: info_topic_arn?,
                mode: mode?,
                kill_switch_parameter: kill_switch_parameter?,
                follow_up_group: follow_up_group?,
                follow_up_role_arn: follow_up_role_arn?,
                failure_queue_arn: failure_queue_arn?,
                override_bucket,
                documents: listed(documents.as_deref()),
                resources: resources.unwrap_or_default(),
            })
        })
    }
}

/// The ARNs in a list with commas.
fn listed(documents: Option<&str>) -> Vec<String> {
    let arns = documents.unwrap_or_default().split(',').map(str::trim);
    arns.filter(|arn| !arn.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use picket_shared::env::RecordedVariables;

    use super::*;

    #[test]
    fn what_is_read_is_what_env_lists() {
        let variables = RecordedVariables::new(|name| match name {
            "STACK_RESOURCES" => "EventStream=events".to_owned(),
            _ => "observe".to_owned(),
        });
        assert!(Config::read(&variables).is_ok());
        assert_eq!(variables.into_names(), ENV);
    }

    #[test]
    fn documents_are_a_list_with_commas() {
        for (text, expected) in [
            (None, &[] as &[&str]),
            (Some(""), &[]),
            (Some("arn:a"), &["arn:a"]),
            (Some("arn:a, arn:b,"), &["arn:a", "arn:b"]),
        ] {
            assert_eq!(listed(text), expected);
        }
    }

    #[test]
    fn a_bad_environment_is_reported_whole() {
        let variables = HashMap::from([("STACK_NAME", "picket-dev"), ("REMEDIATION_MODE", "Act")]);
        assert_eq!(
            Config::read(&variables).unwrap_err().to_string(),
            "the configuration has 8 problem(s): ENVIRONMENT is not set; REMEDIATION_TABLE is not set; INFO_TOPIC_ARN is not set; \
             REMEDIATION_MODE is \"Act\": \"Act\" is not a mode: expected `observe`, `approve` or `act`; \
             KILL_SWITCH_PARAMETER is not set; FOLLOW_UP_GROUP is not set; FOLLOW_UP_ROLE_ARN is not set; \
             FAILURE_QUEUE_ARN is not set"
        );
    }
}
