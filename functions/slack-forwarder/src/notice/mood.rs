/// How good the news is: it decides the mark in front of the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// Something is wrong.
    Bad,
    /// It is well, or well again.
    Good,
    /// Under way.
    Progress,
    /// To be known, neither good nor bad.
    Neutral,
    /// Nobody knows.
    Unknown,
}

/// What is found in words of bad news. They are looked for first: "unhealthy" holds "healthy".
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
const GOOD: [&str; 16] = [
    "SUCCE",
    "SUCCESS",
    "COMPLETE",
    "COMPLIANT",
    "HEALTHY",
    "RESOLVED",
    "STEADY",
    "AVAILABLE",
    "PASS",
    "APPROVED",
    "DELIVERED",
    "FINISHED",
    "NO_THREATS",
    "ENABLED",
    "OK",
    "RECOVER",
];
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

impl Mood {
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
        } else if found(&GOOD) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_tells_how_good_the_news_is() {
        for (word, mood) in [
            ("FAILED", Mood::Bad),
            ("UPDATE_ROLLBACK_COMPLETE", Mood::Bad),
            ("NON_COMPLIANT", Mood::Bad),
            ("COMPLIANT", Mood::Good),
            ("NO_THREATS_FOUND", Mood::Good),
            ("THREATS_FOUND", Mood::Bad),
            ("CREATE_IN_PROGRESS", Mood::Progress),
            ("CREATE_COMPLETE", Mood::Good),
            ("Succeeded", Mood::Good),
            ("STARTED", Mood::Progress),
            ("CANCELED", Mood::Neutral),
            ("UNKNOWN", Mood::Unknown),
        ] {
            assert_eq!(Mood::of(word), mood, "{word}");
        }
    }
}
