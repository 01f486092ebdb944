//! Elastic Beanstalk: events, and the text of an environment's notifications.

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::{timestamp, word},
        notice::{Notice, Status},
    },
    message::Message,
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let environment = detail
        .first(&["EnvironmentName", "ApplicationName"])
        .unwrap_or_else(|| "an environment".to_owned());
    let state = detail
        .first(&["Status", "HealthStatus", "Severity"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    let is_bad = matches!(detail.str("Severity"), "ERROR" | "FATAL" | "WARN");
    event
        .notice(&state, format!("Elastic Beanstalk {environment}"))
        .bad_if(is_bad)
        .because(detail.text("Message"))
        .field("Application", detail.text("ApplicationName"))
        .field("Event", Some(event.detail_type.to_owned()))
        .field("Severity", detail.text("Severity"))
        .link(
            "Open the environment",
            detail.first(&["Environment URL", "EnvironmentURL"]),
        )
        .console(
            "Open in Elastic Beanstalk",
            "elasticbeanstalk/home?region={region}#/environments",
        )
}

pub(super) fn is_text(text: &str) -> bool {
    ["Timestamp:", "Message:", "Environment:", "Application:"]
        .iter()
        .all(|label| {
            text.lines()
                .any(|line| line.trim_start().starts_with(label))
        })
}

pub(super) fn text(text: &str, _: &Message) -> Notice {
    let line = |label: &str| {
        text.lines()
            .find_map(|line| word(line.trim().strip_prefix(label)?))
    };
    let said = line("Message:").unwrap_or_default();
    let lower = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let (state, status) = if has(&[
        "fail",
        "error",
        "severe",
        "degraded",
        "unsuccessful",
        "to red",
        "aborted",
        "could not",
    ]) {
        ("PROBLEM", Status::Bad)
    } else if has(&["to yellow", "warning"]) {
        ("WARNING", Status::Bad)
    } else if has(&["success", "to ok", "to green", "completed", "recovered"]) {
        ("OK", Status::Good)
    } else {
        ("INFO", Status::Neutral)
    };
    Notice::new(
        state,
        format!(
            "Elastic Beanstalk {}",
            line("Environment:").unwrap_or_default()
        ),
    )
    .status(status)
    .because(Some(said).filter(|said| !said.is_empty()))
    .field("Application", line("Application:"))
    .code("Request", line("RequestId:"))
    .at(line("Timestamp:").as_deref().and_then(timestamp))
    .link("Open the environment", line("Environment URL:"))
}
