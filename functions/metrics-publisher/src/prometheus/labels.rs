//! Prometheus' name and labels of a CloudWatch series (Prometheus' data model and naming practices).

use std::{fmt, sync::Arc};

use picket_rules::metrics::MetricKind;
use picket_shared::series::SeriesKey;

/// The labels of a series: names and values, sorted by name; one is `__name__`.
///
/// One allocation that clones share, since there are tens of thousands; each text ends with a byte that no text
/// contains.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Arc<[u8]>);

/// The end of a text: not a byte of UTF-8.
const END: u8 = 0xff;

/// The label of a series' name.
const NAME: &str = "__name__";
/// The label of the stack, which distinguishes the stacks of a workspace.
const STACK: &str = "stack";

/// The type of a Prometheus metric, which determines the suffix of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrometheusType {
    /// A sum that only grows: `_total`.
    Counter,
    /// Buckets, a sum and a count, whose suffixes are added in requests.
    Histogram,
    /// A value as it is, without a suffix.
    Gauge,
}

impl From<MetricKind> for PrometheusType {
    fn from(kind: MetricKind) -> Self {
        match kind {
            MetricKind::Sum => Self::Counter,
            MetricKind::Distribution => Self::Histogram,
        }
    }
}

impl Labels {
    /// Creates the labels of a series of a stack.
    pub fn of(key: &SeriesKey, kind: PrometheusType, stack: &str) -> Self {
        let mut labels = vec![(NAME.to_owned(), name(key, kind))];
        for (name, value) in &key.dimensions {
            if !value.is_empty() {
                let name = free_name(label_name(name), &labels);
                labels.push((name, value.clone()));
            }
        }
        if !labels.iter().any(|(name, _)| name == STACK) {
            labels.push((STACK.to_owned(), stack.to_owned()));
        }
        labels.sort();
        Self::from_pairs(&labels)
    }

    fn from_pairs(pairs: &[(String, String)]) -> Self {
        let texts = pairs.iter().flat_map(|(name, value)| [name, value]);
        Self(texts.flat_map(|text| text.bytes().chain([END])).collect())
    }

    /// Reads stored labels: names and values in turn. `None` where one is missing.
    pub fn from_texts(texts: &[String]) -> Option<Self> {
        let whole = texts.len().is_multiple_of(2);
        let bytes = texts.iter().flat_map(|text| text.bytes().chain([END]));
        whole.then(|| Self(bytes.collect()))
    }

    /// Names and values in turn.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = self.0.split_inclusive(|byte| *byte == END);
        texts.map(|text| {
            let text = text.strip_suffix(&[END]).unwrap_or(text);
            str::from_utf8(text).expect("labels are made of texts")
        })
    }

    /// Names and values, by name.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let texts: Vec<&str> = self.texts().collect();
        let pairs = texts.as_chunks::<2>().0.iter();
        pairs.map(|[name, value]| (*name, *value)).collect()
    }

    /// The series' name.
    pub fn name(&self) -> &str {
        let pairs = self.pairs();
        let name = pairs.iter().find(|(name, _)| *name == NAME);
        name.map_or("", |(_, value)| value)
    }

    /// The labels of a part of a histogram: with a suffix of the name, and an additional label where given.
    #[must_use]
    pub fn part(&self, suffix: &str, more: Option<(&str, &str)>) -> Self {
        let suffixed = |(name, value): (&str, &str)| {
            let suffix = if name == NAME { suffix } else { "" };
            (name.to_owned(), format!("{value}{suffix}"))
        };
        let mut labels: Vec<_> = self.pairs().into_iter().map(suffixed).collect();
        labels.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
        labels.sort();
        Self::from_pairs(&labels)
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.pairs()).finish()
    }
}

/// The factor from a value's unit to that of the name: Prometheus' times are in seconds.
pub fn factor(unit: &str) -> f64 {
    match unit {
        "Milliseconds" => 1e-3,
        "Microseconds" => 1e-6,
        _ => 1.0,
    }
}

/// Whether values are times.
pub fn is_time(unit: &str) -> bool {
    matches!(unit, "Seconds" | "Milliseconds" | "Microseconds")
}

/// `BedrockUsage`, `APILatency`, Milliseconds → `bedrock_usage_api_latency_seconds`.
fn name(key: &SeriesKey, kind: PrometheusType) -> String {
    /// The suffixes of names that contain the unit of a time.
    const TIMES: &[&str] = &[
        "_ms",
        "_us",
        "_milliseconds",
        "_microseconds",
        "_millis",
        "_micros",
    ];
    let mut name = format!("{}_{}", words(&key.namespace), words(&key.name));
    if is_time(&key.unit) {
        let stem = TIMES.iter().find_map(|end| name.strip_suffix(end));
        name = stem.map(str::to_owned).unwrap_or(name);
    }
    append(&mut name, &unit_words(&key.unit));
    if kind == PrometheusType::Counter {
        append(&mut name, "total");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

fn append(name: &mut String, word: &str) {
    let has = name
        .strip_suffix(word)
        .is_some_and(|stem| stem.ends_with('_'));
    if !word.is_empty() && !has {
        name.push('_');
        name.push_str(word);
    }
}

fn unit_words(unit: &str) -> String {
    match unit {
        "None" | "Count" => String::new(),
        unit if is_time(unit) => "seconds".to_owned(),
        unit => words(&unit.replace('/', "Per")),
    }
}

/// A name that is free: if two dimensions have the same name, underscores are appended to the second.
fn free_name(mut name: String, taken: &[(String, String)]) -> String {
    while taken.iter().any(|(other, _)| *other == name) {
        name.push('_');
    }
    name
}

/// The name of a label: letters, digits and underscores, not starting with a digit. Two leading underscores are
/// reserved.
fn label_name(name: &str) -> String {
    let words = words(name);
    if words.is_empty() {
        "unnamed".to_owned()
    } else if words.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{words}")
    } else {
        words
    }
}

/// `CacheReadTokens` → `cache_read_tokens`, `HTTPStatus` → `http_status`; all other characters separate words.
fn words(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut words = String::with_capacity(text.len() + 8);
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            part(&mut words);
            continue;
        }
        let before = place.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(place + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            part(&mut words);
        }
        words.push(letter.to_ascii_lowercase());
    }
    words.truncate(words.trim_end_matches('_').len());
    words
}

fn part(words: &mut String) {
    if !words.is_empty() && !words.ends_with('_') {
        words.push('_');
    }
}

#[cfg(test)]
mod tests;
