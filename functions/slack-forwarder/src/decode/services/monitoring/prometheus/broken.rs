//! JSON that a template wrote without escaping: Managed Prometheus documents such a template, and SNS cuts what is too
//! long.

use super::{Alert, of_alerts};
use crate::{
    decode::{
        lenient::{timestamp, word},
        notice::Notice,
    },
    message::Message,
};

pub(crate) fn is_broken(text: &str) -> bool {
    let begins = text.trim_start().starts_with(['{', '[']);
    let names = |name: &str| text.contains(&format!("\"{name}\""));
    begins
        && (names("alerts") || names("alertname"))
        && (names("labels") || names("annotations") || names("status") || names("receiver"))
}

pub(crate) fn read_broken(text: &str, _: &Message) -> Notice {
    let alert = Alert {
        name: value(text, "alertname").unwrap_or_else(|| "an alert".to_owned()),
        is_firing: value(text, "status").as_deref() != Some("resolved"),
        labels: pairs(
            text,
            &[
                "severity",
                "instance",
                "job",
                "namespace",
                "service",
                "cluster",
            ],
        ),
        annotations: pairs(
            text,
            &[
                "summary",
                "message",
                "description",
                "runbook_url",
                "dashboard",
            ],
        ),
        since: value(text, "startsAt").as_deref().and_then(timestamp),
        until: value(text, "endsAt").as_deref().and_then(timestamp),
        source: value(text, "generatorURL"),
    };
    of_alerts(&[alert], None)
        .field("Receiver", value(text, "receiver"))
        .lines(
            "As it arrived: no valid JSON",
            text.lines().map(str::to_owned).collect(),
        )
}

fn pairs(text: &str, names: &[&str]) -> Vec<(String, String)> {
    names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(text, name)?)))
        .collect()
}

/// The text after `"name":`, up to a quote that something structural follows: what a template breaks is quotes inside
/// of values.
fn value(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\"{name}\""))?;
    let rest = rest
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    let is_end = |at: usize| {
        let after = rest[at + 1..].trim_start();
        let escaped = rest[..at].ends_with('\\');
        !escaped
            && (after.is_empty()
                || after.starts_with(['}', ']'])
                || after
                    .strip_prefix(',')
                    .is_some_and(|next| next.trim_start().starts_with(['"', '{', '['])))
    };
    let end = rest
        .match_indices('"')
        .map(|(at, _)| at)
        .find(|at| is_end(*at))
        .unwrap_or(rest.len());
    word(&rest[..end].replace("\\\"", "\"").replace("\\n", " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_the_quotes_that_broke_the_json() {
        let text = r#"{"receiver": "sns", "alerts": [{"labels": {"alertname": "Slow"}, "annotations": {"summary": "the "orders" queue is slow", "runbook_url": "https://r.example.com"}}]}"#;
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err() && is_broken(text));
        assert_eq!(
            value(text, "summary").as_deref(),
            Some("the \"orders\" queue is slow")
        );
        assert_eq!(value(text, "alertname").as_deref(), Some("Slow"));
        assert_eq!(value(text, "nothing"), None);
        assert_eq!(
            value(r#"{"alertname": "cut o"#, "alertname").as_deref(),
            Some("cut o")
        );
    }
}
