//! Lenient reading of JSON that others write: what is absent, null, blank or a word for nothing is `None`, so that no
//! decoder ever shows it.

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::Value;

/// A node of a document; one that does not exist reads as null.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a>(&'a Value);

static NOTHING: Value = Value::Null;

/// Values that producers write for "no value".
const WORDS_FOR_NOTHING: [&str; 9] = [
    "none",
    "none provided",
    "null",
    "undefined",
    "nan",
    "n/a",
    "nil",
    "<nil>",
    "-",
];
/// Entries of a list that are named; the rest is counted.
const LISTED: usize = 8;
/// The forms in which moments are written besides RFC 3339 and RFC 2822; those without an offset mean UTC.
const TIME_FORMATS: [&str; 7] = [
    "%Y-%m-%d %H:%M:%S%.f %z UTC",
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%b %d, %Y %I:%M:%S %p",
    "%a %b %d %H:%M:%S UTC %Y",
    "%a %b %d %H:%M:%S %Y",
];
/// A number above it is milliseconds since 1970, below it seconds: as seconds it would be the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

impl<'a> Node<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self(value)
    }

    pub(crate) fn value(self) -> &'a Value {
        self.0
    }

    /// Returns the node at a path such as `detail/state`; a number is a position in a list, and `~1` a slash in a key.
    pub(crate) fn at(self, path: &str) -> Self {
        let step = |value: &'a Value, key: &str| match value {
            Value::Object(map) if key.contains("~1") => map.get(&key.replace("~1", "/")),
            Value::Object(map) => map.get(key),
            Value::Array(list) => list.get(key.parse::<usize>().ok()?),
            _ => None,
        };
        let found = path.split('/').try_fold(self.0, step);
        Self(found.unwrap_or(&NOTHING))
    }

    /// Whether there is anything at the path.
    pub(crate) fn has(self, path: &str) -> bool {
        !self.at(path).0.is_null()
    }

    /// Whether there is something at every path.
    pub(crate) fn has_all(self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// A word: text, number or truth value; a list of them, joined.
    pub(crate) fn text(self, path: &str) -> Option<String> {
        match self.at(path).0 {
            Value::Array(list) => {
                let words: Vec<String> = list.iter().filter_map(scalar).collect();
                (!words.is_empty()).then(|| joined(&words))
            }
            value => scalar(value),
        }
    }

    /// The first of the paths at which there is a word.
    pub(crate) fn first(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// A word as it stands in the document, for comparing.
    pub(crate) fn str(self, path: &str) -> &'a str {
        self.at(path).0.as_str().unwrap_or_default()
    }

    /// The entries of a list; none where it is none.
    pub(crate) fn list(self, path: &str) -> Vec<Self> {
        let list = self.at(path).0.as_array();
        list.map_or(Vec::new(), |list| list.iter().map(Self).collect())
    }

    /// The words at `path` of each entry of a list.
    pub(crate) fn each(self, list: &str, path: &str) -> Option<String> {
        let words: Vec<String> = self
            .list(list)
            .into_iter()
            .filter_map(|entry| entry.text(path))
            .collect();
        (!words.is_empty()).then(|| joined(&words))
    }

    /// A number, also where it is written as text.
    pub(crate) fn number(self, path: &str) -> Option<f64> {
        let value = self.at(path).0;
        value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
            .filter(|number: &f64| number.is_finite())
    }

    /// An amount, to the last digit that is written.
    pub(crate) fn decimal(self, path: &str) -> Option<Decimal> {
        let written = match self.at(path).0 {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        let plain = written.parse().ok();
        plain.or_else(|| Decimal::from_scientific(&written).ok())
    }

    /// The time in a field, in any of the formats that AWS writes.
    pub(crate) fn timestamp(self, path: &str) -> Option<Timestamp> {
        match self.at(path).0 {
            Value::String(text) => timestamp(text),
            Value::Number(number) => epoch(number.as_i64()?),
            _ => None,
        }
    }

    /// Names and values: of an object, or of a list of `{key, value}` in any spelling.
    pub(crate) fn pairs(self, path: &str) -> Vec<(String, String)> {
        match self.at(path).0 {
            Value::Object(map) => map
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), Self(value).text_here()?)))
                .collect(),
            Value::Array(_) => self
                .list(path)
                .into_iter()
                .filter_map(|entry| {
                    let key = entry.first(&["key", "Key", "name", "Name"])?;
                    let value = entry.first(&["value", "Value"]).unwrap_or_default();
                    Some((key, value))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the names and values of this node.
    pub(crate) fn pairs_here(self) -> Vec<(String, String)> {
        let map = self.0.as_object();
        map.into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), scalar(value)?)))
            .collect()
    }

    fn text_here(self) -> Option<String> {
        scalar(self.0)
    }

    /// The document inside a text, or what is there.
    pub(crate) fn inner(self, path: &str) -> Value {
        match self.at(path).0 {
            Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            value => value.clone(),
        }
    }
}

/// Reads a time from text.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse() {
        return Some(timestamp);
    }
    if let Ok(zoned) = rfc2822::parse(text) {
        return Some(zoned.timestamp());
    }
    TIME_FORMATS.iter().find_map(|form| {
        Timestamp::strptime(form, text).ok().or_else(|| {
            let civil = DateTime::strptime(form, text).ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })
    })
}

fn epoch(number: i64) -> Option<Timestamp> {
    if number.abs() > MILLISECONDS {
        Timestamp::from_millisecond(number).ok()
    } else {
        Timestamp::from_second(number).ok()
    }
}

/// A word that says something.
pub(crate) fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let nothing = |word: &&str| text.eq_ignore_ascii_case(word);
    (!text.is_empty() && !WORDS_FOR_NOTHING.iter().any(nothing)).then(|| text.to_owned())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => word(text),
        Value::Number(number) => Some(whole(&number.to_string())),
        Value::Bool(truth) => Some(if *truth { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `55.0` is 55.
fn whole(number: &str) -> String {
    number.strip_suffix(".0").unwrap_or(number).to_owned()
}

/// `AWS_EC2_ISSUE`, `RetriesExhausted` and `scheduledChange` as words.
pub(crate) fn words(code: &str) -> String {
    let mut out = String::new();
    for character in code.chars() {
        if character.is_uppercase() && out.ends_with(char::is_lowercase) {
            out.push(' ');
        }
        out.push(if character == '_' { ' ' } else { character });
    }
    out
}

/// The first few, and how many more.
pub(crate) fn joined(words: &[String]) -> String {
    let shown = words.iter().take(LISTED).cloned().collect::<Vec<_>>();
    match words.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests;
