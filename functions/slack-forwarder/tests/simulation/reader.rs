//! Somebody who reads Slack, PagerDuty and their mail: what each message says about which alarm.

use serde_json::Value;

use crate::history::{History, Ms, State};

/// Something that people see, in the order in which it came.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) at: Ms,
    pub(crate) sink: &'static str,
    pub(crate) act: Act,
    /// What it says.
    pub(crate) lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// A message of this `ts`, in the thread of that one.
    Post(String, Option<String>),
    /// The message of this `ts` says something else now.
    Edit(String),
    /// An action to the incident of this key.
    Page(String, String),
    Mail,
}

/// What a message says about an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) alarm: usize,
    pub(crate) state: State,
    /// Which change, by its tag or by the time that a line begins with.
    pub(crate) change: Option<usize>,
    /// It is a line among others, with its own time.
    pub(crate) is_line: bool,
    /// It says that this is over.
    pub(crate) is_over: bool,
}

/// Every line of text in a body, wherever it stands.
pub(crate) fn lines(body: &Value) -> Vec<String> {
    let mut all = Vec::new();
    gather(body, &mut all);
    all
}

fn gather(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.extend(text.lines().map(str::to_owned)),
        Value::Array(values) => values.iter().for_each(|value| gather(value, into)),
        Value::Object(fields) => {
            // A label says what its field is.
            into.extend(fields.keys().filter(|key| key.contains(' ')).cloned());
            fields.values().for_each(|value| gather(value, into));
        }
        _ => {}
    }
}

impl Entry {
    /// What it says about alarms, each thing once.
    pub(crate) fn says(&self, history: &History) -> Vec<Said> {
        let tag = self.lines.iter().find_map(|line| tag(line));
        let is_over = self.lines.iter().any(|line| line.contains("Over since"));
        let mut all: Vec<Said> = Vec::new();
        for line in &self.lines {
            let Some((alarm, state, time)) = headline(line) else {
                continue;
            };
            let change = match (time, tag) {
                (Some(time), _) => at_time(history, alarm, state, time),
                (None, Some((of, change))) if of == alarm => Some(change),
                (None, _) => None,
            };
            let said = Said {
                alarm,
                state,
                change,
                is_line: time.is_some(),
                is_over,
            };
            if !all.contains(&said) {
                all.push(said);
            }
        }
        all
    }
}

/// `tag-00012-003`.
pub(crate) fn tag(line: &str) -> Option<(usize, usize)> {
    let (_, after) = line.split_once("tag-")?;
    let alarm = after.get(..5)?.parse().ok()?;
    let change = after.get(6..9)?.parse().ok()?;
    Some((alarm, change))
}

/// `06:02:03 🔴 ALARM · critical · alarm-00012 …`, with the time or without.
fn headline(line: &str) -> Option<(usize, State, Option<&str>)> {
    let parts: Vec<&str> = line.split(" · ").collect();
    let place = parts.iter().position(|part| part.starts_with("alarm-"))?;
    let alarm = parts[place].get(6..11)?.parse().ok()?;
    let before = parts.get(place.checked_sub(2)?)?;
    let state = if before.ends_with(" ALARM") {
        State::Alarm
    } else if before.ends_with(" OK") {
        State::Ok
    } else if before.ends_with(" INSUFFICIENT DATA") {
        State::Unknown
    } else {
        return None;
    };
    let time = before.get(..8).filter(|time| time.as_bytes()[2] == b':');
    Some((alarm, state, time))
}

/// The last change of this alarm to this state at this time of day.
fn at_time(history: &History, alarm: usize, state: State, time: &str) -> Option<usize> {
    let changes = &history.alarms.get(alarm)?.changes;
    changes.iter().rposition(|change| {
        let second = change.at.div_euclid(1_000).rem_euclid(86_400);
        let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
        change.state == state && format!("{hours:02}:{minutes:02}:{seconds:02}") == time
    })
}
