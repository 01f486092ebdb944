/// The status that a message reports: it decides the mark in front of the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// A failure.
    Bad,
    /// Success, or recovery.
    Good,
    /// Under way.
    Progress,
    /// Information, neither good nor bad.
    Neutral,
    /// Not known.
    Unknown,
}

/// Words of bad news. They are looked for first: "unhealthy" contains "healthy".
const BAD: [&str; 34] = [
    "FAIL",
    "ERROR",
    "FAULT",
    "ABORT",
    "TIMED_OUT",
    "TIMEOUT",
    "TIMED OUT",
    "DENIED",
    "REJECT",
    "NON_COMPLIANT",
    "NONCOMPLIANT",
    "UNHEALTHY",
    "UNSUCCESSFUL",
    "IMPAIRED",
    "INTERRUPT",
    "BOUNCE",
    "COMPLAINT",
    "EXPIRED",
    "ROLLBACK",
    "DEGRADED",
    "SEVERE",
    "THREATS_FOUND",
    "EXCEEDED",
    "ANOMALY",
    "FIRING",
    "ALERTING",
    "INFECTED",
    "CRITICAL",
    "HIGH",
    "RETRIES",
    "DEAD",
    "DRIFTED",
    "LOST",
    "VIOLAT",
];
/// Beginnings of words of good news. Good news resolves a page: "unavailable" must not be taken for "available".
const GOOD: [&str; 13] = [
    "SUCCE",
    "COMPLETE",
    "COMPLIANT",
    "HEALTHY",
    "RESOLVED",
    "STEADY",
    "AVAILABLE",
    "APPROVED",
    "DELIVERED",
    "FINISHED",
    "ENABLED",
    "RECOVER",
    "OKAY",
];
/// Whole words of good news.
const GOOD_WORDS: [&str; 4] = ["OK", "PASS", "PASSED", "PASSING"];
/// Words that turn good news round.
const NOT: [&str; 3] = ["NOT", "NO", "NEVER"];
const PROGRESS: [&str; 14] = [
    "START",
    "RUNNING",
    "PROGRESS",
    "PENDING",
    "PROVISION",
    "SUBMITTED",
    "QUEUED",
    "RUNNABLE",
    "RESUMED",
    "ACTIVATING",
    "WAITING",
    "READY",
    "CREATED",
    "NEEDED",
];

impl Status {
    /// Reads it from a state's word.
    pub(crate) fn of(state: &str) -> Self {
        let word = state.to_ascii_uppercase();
        let found = |list: &[&str]| list.iter().any(|part| word.contains(part));
        if word.contains("NO_THREATS") {
            Self::Good
        } else if found(&BAD) {
            Self::Bad
        } else if word.contains("IN_PROGRESS") || word.contains("INPROGRESS") {
            Self::Progress
        } else if is_good(state) {
            Self::Good
        } else if found(&PROGRESS) {
            Self::Progress
        } else if word.contains("UNKNOWN") || word.contains("INSUFFICIENT") {
            Self::Unknown
        } else {
            Self::Neutral
        }
    }
}

fn is_good(state: &str) -> bool {
    let words = words(state);
    let is_good = |word: &String| {
        GOOD_WORDS.contains(&word.as_str()) || GOOD.iter().any(|stem| word.starts_with(stem))
    };
    words.iter().any(is_good) && !words.iter().any(|word| NOT.contains(&word.as_str()))
}

/// The words of a state in capitals, also those of `CamelCase`.
fn words(state: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in state.chars() {
        if !letter.is_alphanumeric() || (after_small && letter.is_uppercase()) {
            words.push(String::new());
        }
        after_small = letter.is_lowercase();
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_uppercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_tells_how_good_the_news_is() {
        for (word, status) in [
            ("FAILED", Status::Bad),
            ("UPDATE_ROLLBACK_COMPLETE", Status::Bad),
            ("NON_COMPLIANT", Status::Bad),
            ("COMPLIANT", Status::Good),
            ("NO_THREATS_FOUND", Status::Good),
            ("THREATS_FOUND", Status::Bad),
            ("CREATE_IN_PROGRESS", Status::Progress),
            ("CREATE_COMPLETE", Status::Good),
            ("Succeeded", Status::Good),
            ("STARTED", Status::Progress),
            ("CANCELED", Status::Neutral),
            ("UNKNOWN", Status::Unknown),
            ("JobSucceeded", Status::Good),
            ("ok", Status::Good),
            ("UNAVAILABLE", Status::Neutral),
            ("NOT_AVAILABLE", Status::Neutral),
            ("INCOMPLETE", Status::Neutral),
            ("unresolved", Status::Neutral),
            ("broken", Status::Neutral),
            ("TokenRevoked", Status::Neutral),
        ] {
            assert_eq!(Status::of(word), status, "{word}");
        }
    }
}
