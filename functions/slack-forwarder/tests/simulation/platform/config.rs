//! What the function is configured with.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use picket_rules::routes::{self, Routes};
use slack_forwarder::config::Config;

use crate::{
    events,
    history::{History, MINUTE, Severity, Sink},
};

pub(super) fn config() -> Config {
    let [critical, warning, info] =
        [Severity::Critical, Severity::Warning, Severity::Info].map(events::topic);
    let variables = HashMap::from([
        ("ENVIRONMENT", "dev"),
        ("STACK_NAME", "picket-dev"),
        ("SLACK_PARAMETER_PREFIX", "/picket/slack"),
        ("SLACK_ALLOWED_HOSTS", "hooks.slack.com"),
        ("CRITICAL_TOPIC_ARN", critical),
        ("WARNING_TOPIC_ARN", warning),
        ("INFO_TOPIC_ARN", info),
        ("FALLBACK_TOPIC_ARN", "fallback"),
        ("FAILURE_QUEUE_ARN", "failures"),
        ("ALERTS_TABLE", "alerts"),
        ("REMEDIATION_TABLE", "remediation"),
        ("LEDGER_TABLE", "ledger"),
        ("SLACK_API_URL", "https://slack.com/api"),
        ("PAGERDUTY_URL", "https://events.pagerduty.com"),
        ("CRITICAL_EMAIL_TOPIC_ARN", "critical-email"),
        ("WARNING_EMAIL_TOPIC_ARN", "warning-email"),
        ("INFO_EMAIL_TOPIC_ARN", "info-email"),
    ]);
    Config::read(&variables).unwrap()
}

pub(super) fn routes(history: &History) -> String {
    let sinks = |sinks: &[&'static Sink]| {
        let all: Vec<&str> = sinks.iter().map(|sink| sink.yaml).collect();
        all.join(", ")
    };
    let group = history.group.map_or_else(String::new, |window| {
        format!("group: {{ by: [region], window: {}m }}, ", window / MINUTE)
    });
    let silences: Vec<String> = history
        .silences
        .iter()
        .filter(|silence| silence.in_file)
        .map(|silence| {
            let until = Timestamp::from_millisecond(silence.until).unwrap();
            let alarm = events::name(silence.alarm);
            format!("  - {{ name: s, match: {{ alarm: {alarm} }}, until: {until}, reason: r }}")
        })
        .collect();
    let silences = if silences.is_empty() {
        String::new()
    } else {
        format!("silences:\n{}\n", silences.join("\n"))
    };
    format!(
        "routes:\n  - {{ name: critical, match: {{ severity: critical }}, {group}sinks: [{}] }}\n  - {{ name: warning, match: {{ severity: warning }}, {group}sinks: [{}] }}\nstorm: {{ messages: {} }}\n{silences}",
        sinks(&history.critical),
        sinks(&history.warning),
        history.storm
    )
}

/// Most histories have routes that another had.
pub(super) fn parsed(text: &str) -> Arc<Routes> {
    static KNOWN: Mutex<BTreeMap<String, Arc<Routes>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    let parse = || Arc::new(routes::parse("simulation", text).unwrap());
    if text.contains("silences") {
        return parse();
    }
    Arc::clone(known.entry(text.to_owned()).or_insert_with(parse))
}
