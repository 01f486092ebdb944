//! A reader of Slack, PagerDuty and e-mail: what each message says about which alarm.

use serde_json::Value;

use crate::history::{Forged, History, Ms, State};

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
        self.names(history, is_over, &mut all);
        all
    }

    /// Alarms that are named after the state that they share, with no line each.
    fn names(&self, history: &History, is_over: bool, into: &mut Vec<Said>) {
        let mut shared = None;
        for line in &self.lines {
            let heading = ended_names(line)
                .map(|names| ((State::Alarm, true), names))
                .or_else(|| named(line).map(|(state, names)| ((state, false), names)));
            let Some(((state, ended), names)) =
                heading.or_else(|| shared.map(|kind| (kind, &**line)))
            else {
                continue;
            };
            // Between two sections stand their types.
            if !names.starts_with("alarm-") {
                continue;
            }
            shared = Some((state, ended));
            let alarms = names
                .split(", ")
                .filter_map(|name| name.get(6..11)?.parse().ok());
            into.extend(alarms.map(|alarm| Said {
                alarm,
                state,
                change: if ended {
                    last_ended(history, alarm, self.at)
                } else {
                    last(history, alarm, state, self.at)
                },
                is_line: true,
                is_over: is_over || ended,
            }));
        }
    }

    /// The number that follows a label, on its line or on the next.
    pub(crate) fn number_after(&self, label: &str) -> Option<usize> {
        let place = self.lines.iter().position(|line| line.contains(label))?;
        let after = self.lines[place].split_once(label)?.1;
        let next = self.lines.get(place + 1).map_or("", |line| line);
        number(after).or_else(|| number(next))
    }

    /// The number before these words.
    pub(crate) fn number_before(&self, words: &str) -> Option<usize> {
        let line = self.lines.iter().find(|line| line.contains(words))?;
        let before = line.split_once(words)?.0.trim_end();
        number(before.rsplit(' ').next()?)
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

/// The last change of this alarm to this state at this time of day; or the one that a forged OK is taken for.
fn at_time(history: &History, alarm: usize, state: State, time: &str) -> Option<usize> {
    let is_then = |at: Ms| {
        let second = at.div_euclid(1_000).rem_euclid(86_400);
        let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{hours:02}:{minutes:02}:{seconds:02}") == time
    };
    let changes = &history.alarms.get(alarm)?.changes;
    let own = changes
        .iter()
        .rposition(|change| change.state == state && is_then(change.at));
    own.or_else(|| {
        let mut forged = history.forged.iter();
        let is_it =
            |forged: &&Forged| forged.alarm == alarm && state == State::Ok && is_then(forged.of);
        Some(forged.find(is_it)?.change)
    })
}

/// `*ALARM · critical* alarm-00012, alarm-00013`, with or without the stars: the state, and the names.
fn named(line: &str) -> Option<(State, &str)> {
    let line = line.trim_start_matches('*');
    let state = match line.split_once(" · ")?.0 {
        "ALARM" => State::Alarm,
        "OK" => State::Ok,
        "INSUFFICIENT_DATA" => State::Unknown,
        _ => return None,
    };
    let names = line.find("alarm-")?;
    Some((state, &line[names..]))
}

/// `*OK again* alarm-00012, alarm-00013`, with or without the stars: the names of alarms that were in ALARM.
fn ended_names(line: &str) -> Option<&str> {
    let line = line.trim_start_matches('*').strip_prefix("OK again")?;
    let names = line.find("alarm-")?;
    Some(&line[names..])
}

/// The last ALARM of an alarm that an OK before a moment ended.
fn last_ended(history: &History, alarm: usize, at: Ms) -> Option<usize> {
    let ok = last(history, alarm, State::Ok, at)?;
    let changes = &history.alarms.get(alarm)?.changes;
    (0..ok).rfind(|place| changes[*place].state == State::Alarm)
}

/// The last change of an alarm to a state before a moment.
fn last(history: &History, alarm: usize, state: State, at: Ms) -> Option<usize> {
    let changes = &history.alarms.get(alarm)?.changes;
    changes
        .iter()
        .rposition(|change| change.state == state && change.at <= at)
}

/// The first number in a text.
fn number(text: &str) -> Option<usize> {
    let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = digits.find(|letter: char| !letter.is_ascii_digit());
    digits[..end.unwrap_or(digits.len())].parse().ok()
}
