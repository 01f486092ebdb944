//! Why no payload matched a rule.

use std::fmt;

use picket_rules::{
    filter::{Event, Pattern},
    metrics::MetricRules,
};
use serde_json::Value;

use crate::{input::Named, payloads, terminal};

/// The most rules that are named: those nearest to the payload.
const MOST: usize = 3;
/// The most characters of a payload that are shown.
const SHOWN: usize = 100;

/// Why the first payload of the input matches no rule.
#[derive(Debug)]
pub(super) struct Unmatched {
    payload: String,
    reasons: Vec<String>,
    rules: usize,
}

impl Unmatched {
    /// Looks at the first payload that is text.
    pub(super) fn of(files: &[Named], rules: &[MetricRules]) -> Option<Self> {
        let payload = files.iter().find_map(first_payload)?;
        let json: Option<Value> = serde_json::from_str(&payload).ok();
        let patterns = rules.iter().flat_map(|workload| {
            let rules = workload.rules.iter();
            rules.map(|rule| (workload.workload.as_str(), &rule.pattern))
        });
        let patterns: Vec<_> = patterns.collect();
        let reasons = match &json {
            Some(json) => nearest(&patterns, &payload, json),
            None => text(&patterns),
        };
        Some(Self {
            payload,
            reasons,
            rules: patterns.len(),
        })
    }
}

/// The rules that compare the most fields that the payload has, and why each does not match.
fn nearest(patterns: &[(&str, &Pattern)], payload: &str, json: &Value) -> Vec<String> {
    let event = Event {
        text: payload,
        json: Some(json),
        id: None,
        slots: None,
    };
    let mut rules: Vec<_> = patterns
        .iter()
        .filter(|(_, pattern)| pattern.is_json())
        .map(|(workload, pattern)| {
            let (there, missing) = compared(pattern, &event);
            (there, missing, workload, pattern)
        })
        .collect();
    // Stable: of two that are as near, the first of the files.
    rules.sort_by_key(|(there, missing, ..)| (usize::MAX - there.len(), missing.len()));
    let reason = |(there, missing, workload, pattern): &(Vec<_>, Vec<_>, &&str, &&Pattern)| {
        let why = match (missing.is_empty(), there.is_empty()) {
            (false, _) => format!("the payload has no {}", missing.join(", no ")),
            (true, _) => format!("the payload has {}", there.join(", ")),
        };
        format!("{workload}: `{pattern}`: {why}")
    };
    rules.iter().take(MOST).map(reason).collect()
}

/// The fields that a pattern compares: those that the event has with their values, and the others.
fn compared(pattern: &Pattern, event: &Event<'_>) -> (Vec<String>, Vec<String>) {
    let values = pattern.values(event);
    let is_missing = |field: &String| !values.contains_key(field);
    let missing = pattern.fields().into_iter().filter(is_missing).collect();
    let there = values
        .iter()
        .map(|(field, value)| format!("{field} = {value}"));
    (there.collect(), missing)
}

fn text(patterns: &[(&str, &Pattern)]) -> Vec<String> {
    let json = patterns
        .iter()
        .filter(|(_, pattern)| pattern.is_json())
        .count();
    vec![format!(
        "it is text, and {json} of the rules compare fields of JSON; `picket filter` tries a pattern on lines"
    )]
}

/// The first payload of a file that is text.
fn first_payload(named: &Named) -> Option<String> {
    let first = payloads::of(named).ok()?.into_iter().next()?;
    String::from_utf8(first.data).ok()
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            payload,
            reasons,
            rules,
        } = self;
        if *rules == 0 {
            return f.write_str("no payload matches: there are no rules");
        }
        let mut shown: String = payload.chars().take(SHOWN).collect();
        if shown.len() < payload.len() {
            shown.push('…');
        }
        write!(
            f,
            "no payload matches one of {rules} rules. The first is {}",
            terminal::Value(&shown)
        )?;
        for reason in reasons {
            write!(f, "\n  {}", terminal::Value(reason))?;
        }
        Ok(())
    }
}
