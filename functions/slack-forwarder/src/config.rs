//! The environment, typed.

use std::str::FromStr;

use picket_rules::health as expected;
use picket_shared::env::{Problems, Reader, Variables};

use crate::{
    confirmation::Home,
    health,
    route::Topics,
    sinks::{EmailTopics, Endpoints, PagerDutyUrl, SlackApiUrl},
};

/// Every variable that is read; the template sets these and no others.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "SLACK_PARAMETER_PREFIX",
    "SLACK_ALLOWED_HOSTS",
    "CRITICAL_TOPIC_ARN",
    "WARNING_TOPIC_ARN",
    "INFO_TOPIC_ARN",
    "FALLBACK_TOPIC_ARN",
    "FAILURE_QUEUE_ARN",
    "ALERTS_TABLE",
    "REMEDIATION_TABLE",
    "LEDGER_TABLE",
    "SLACK_API_URL",
    "PAGERDUTY_URL",
    "CRITICAL_EMAIL_TOPIC_ARN",
    "WARNING_EMAIL_TOPIC_ARN",
    "INFO_EMAIL_TOPIC_ARN",
    "OVERRIDE_BUCKET",
    "HEALTH_TARGETS",
];

/// The configuration of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: shown on the fallback topic, which several may share.
    pub environment: String,
    /// The stack, shown there too.
    pub stack: String,
    /// Where the webhooks' URLs are.
    pub parameters: ParameterPrefix,
    /// The endpoints of sinks.
    pub endpoints: Endpoints,
    /// Which topic is which severity.
    pub topics: Topics,
    /// The topic that is notified in the end.
    pub fallback_topic: String,
    /// Where an event waits that could not be sent, for errors to name.
    pub failure_queue: String,
    /// The table of the delivery log.
    pub alerts_table: String,
    /// The table of the remediator's audit rows.
    pub remediation_table: String,
    /// The ledger table's name, for the digest of the day's usage.
    pub ledger_table: String,
    /// The S3 bucket of overrides; `None` for no overrides.
    pub override_bucket: Option<String>,
    /// The workloads whose expected values are checked once a day, with their resources.
    pub health: health::Targets,
}

/// The beginning of the names of the parameters that hold webhooks' URLs: `/picket/slack`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterPrefix(String);

/// Why a text is not a prefix of parameter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a parameter path such as /picket/slack: a slash first, none last, and letters, digits, `.`, `-`, `_`"
)]
pub struct NotAPrefix;

impl FromStr for ParameterPrefix {
    type Err = NotAPrefix;

    fn from_str(text: &str) -> Result<Self, NotAPrefix> {
        let legal =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_');
        let path = text.strip_prefix('/').ok_or(NotAPrefix)?;
        let named = path.split('/').all(|name| !name.is_empty());
        (named && text.bytes().all(legal))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAPrefix)
    }
}

impl ParameterPrefix {
    /// The parameter that holds the URL of the webhook of this name.
    pub fn parameter(&self, webhook: &str) -> String {
        format!("{}/{webhook}", self.0)
    }
}

impl Config {
    /// The account that the function is in, from its topics; `None` where their ARNs are none.
    pub fn account(&self) -> Option<&str> {
        self.topic_part(4)
    }

    /// The account and region whose alarms can be read, from the topics too.
    pub fn home(&self) -> Option<Home<'_>> {
        Some(Home {
            account: self.account()?,
            region: self.topic_part(3)?,
        })
    }

    fn topic_part(&self, place: usize) -> Option<&str> {
        let critical = self.topics.critical.as_deref()?;
        critical
            .split(':')
            .nth(place)
            .filter(|part| !part.is_empty())
    }

    /// The configuration, or everything that is wrong with it.
    pub fn read(variables: &impl Variables) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let environment = reader.required("ENVIRONMENT");
        let stack = reader.required("STACK_NAME");
        let parameters = reader.required("SLACK_PARAMETER_PREFIX");
        let hosts = reader.required("SLACK_ALLOWED_HOSTS");
        let critical = reader.required("CRITICAL_TOPIC_ARN");
        let warning = reader.required("WARNING_TOPIC_ARN");
        let info = reader.required("INFO_TOPIC_ARN");
        let fallback_topic = reader.required("FALLBACK_TOPIC_ARN");
        let failure_queue = reader.required("FAILURE_QUEUE_ARN");
        let alerts_table = reader.required("ALERTS_TABLE");
        let remediation_table = reader.required("REMEDIATION_TABLE");
        let ledger_table = reader.required("LEDGER_TABLE");
        let slack_api = reader.required::<SlackApiUrl>("SLACK_API_URL");
        let pagerduty = reader.optional::<PagerDutyUrl>("PAGERDUTY_URL");
        let email = EmailTopics {
            critical: reader
                .required("CRITICAL_EMAIL_TOPIC_ARN")
                .unwrap_or_default(),
            warning: reader
                .required("WARNING_EMAIL_TOPIC_ARN")
                .unwrap_or_default(),
            info: reader.required("INFO_EMAIL_TOPIC_ARN").unwrap_or_default(),
        };
        let subscribed = [&critical, &warning, &info];
        for topic in [&email.critical, &email.warning, &email.info] {
            if !topic.is_empty() && subscribed.iter().any(|other| other.as_ref() == Some(topic)) {
                reader.refuse(format!(
                    "{topic} is a topic for e-mail, and one that the forwarder is subscribed to: every message would come back to it"
                ));
            }
        }
        let override_bucket = reader.optional("OVERRIDE_BUCKET");
        let health = health_targets(&mut reader);
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                parameters: parameters?,
                endpoints: Endpoints {
                    webhooks: hosts?,
                    slack: slack_api?,
                    pagerduty,
                    email,
                },
                topics: Topics {
                    critical: Some(critical?),
                    warning: Some(warning?),
                    info: Some(info?),
                },
                fallback_topic: fallback_topic?,
                failure_queue: failure_queue?,
                alerts_table: alerts_table?,
                remediation_table: remediation_table?,
                ledger_table: ledger_table?,
                override_bucket,
                health,
            })
        })
    }
}

/// The targets of the health check; without the variable, nothing is checked.
fn health_targets<V: Variables>(reader: &mut Reader<'_, V>) -> health::Targets {
    let targets = reader.optional::<health::Targets>("HEALTH_TARGETS");
    let targets = targets.unwrap_or_default();
    for problem in targets.problems(expected::built_in()) {
        reader.refuse(format!("HEALTH_TARGETS: {problem}"));
    }
    targets
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use picket_shared::env::RecordedVariables;

    use super::*;

    fn value(name: &str) -> String {
        match name {
            "SLACK_ALLOWED_HOSTS" => "hooks.slack.com".to_owned(),
            "SLACK_API_URL" => "https://slack.com/api".to_owned(),
            "PAGERDUTY_URL" => "https://events.pagerduty.com".to_owned(),
            "HEALTH_TARGETS" => String::new(),
            other => format!("/{other}"),
        }
    }

    #[test]
    fn what_is_read_is_what_env_lists() {
        let variables = RecordedVariables::new(value);
        assert!(Config::read(&variables).is_ok());
        assert_eq!(variables.into_names(), ENV);
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let problems = Config::read(&HashMap::new()).unwrap_err();
        let expected: Vec<_> = ENV
            .iter()
            .filter(|name| !["PAGERDUTY_URL", "OVERRIDE_BUCKET", "HEALTH_TARGETS"].contains(*name))
            .map(|name| format!("{name} is not set"))
            .collect();
        assert_eq!(problems.0, expected);
    }

    #[test]
    fn a_topic_that_is_subscribed_to_is_not_published_to() {
        let circle = |name: &str| value(name).replace("_EMAIL_TOPIC_ARN", "_TOPIC_ARN");
        let problems = Config::read(&RecordedVariables::new(circle)).unwrap_err();
        assert_eq!(problems.0.len(), 3, "{problems}");
        assert!(problems.0[0].contains("/CRITICAL_TOPIC_ARN is a topic for e-mail"));
    }

    #[test]
    fn a_prefix_is_a_path_of_parameters() {
        for (text, valid) in [
            ("/picket/slack", true),
            ("/a", true),
            ("picket", false),
            ("/", false),
            ("/a/", false),
            ("/a//b", false),
            ("/a b", false),
        ] {
            assert_eq!(text.parse::<ParameterPrefix>().is_ok(), valid, "{text}");
        }
        assert_eq!(
            "/picket/slack"
                .parse::<ParameterPrefix>()
                .unwrap()
                .parameter("critical"),
            "/picket/slack/critical"
        );
    }
}
