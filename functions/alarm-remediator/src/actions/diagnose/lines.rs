//! Log lines for a person: what they say without what they must not say.

use std::{collections::BTreeMap, sync::LazyLock};

use regex_lite::Regex;

/// The most lines that are shown.
pub(super) const LINES_SHOWN: usize = 5;

/// The most characters of a line that are shown.
const LONGEST: usize = 300;

/// The most bytes of a line that are looked at: its error is at its beginning, and a log event may have 1 MB.
const LOOKED_AT: usize = 4_096;

const REDACTED: &str = "[redacted]";

/// Text that may be a secret, and what stands in its place. What is named like a secret first, since its value may look
/// like one too.
static SECRETS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        // `password=…`, `"api_key": "…"`, `token: …`.
        (
            r#"(?i)((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|signature|cookie|authorization)[\w-]*"?\s*[=:]\s*(?:(?:bearer|basic)\s+)?)("[^"]*"?|'[^']*'?|[^\s,;&}]+)"#,
            "${1}[redacted]",
        ),
        (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", "${1} [redacted]"),
        (r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY.*", REDACTED),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}", REDACTED),
        (r"\bxox[a-z]-[A-Za-z0-9-]+", REDACTED),
        (r"\b(?:ghp|gho|ghs|ghu|github_pat|sk|pk|rk)[_-][A-Za-z0-9_-]{16,}", REDACTED),
        (r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?", REDACTED),
        (r"https://hooks\.slack\.com/\S+", REDACTED),
        // User and password of a URL.
        (r"(\w+://)[^\s/@:]+:[^\s/@]+@", "${1}[redacted]@"),
        (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", "[address]"),
        // A secret access key has 40 characters, and most others have more.
        (r"[A-Za-z0-9+/=_-]{40,}", REDACTED),
    ]
    .map(|(pattern, with)| {
        let pattern = Regex::new(pattern).expect("a test replaces by each of these patterns");
        (pattern, with)
    })
    .into()
});

/// A line as it is shown: on one line, without control characters and secrets, and at most [`LONGEST`] characters.
pub(super) fn shown(line: &str) -> String {
    let end = line.floor_char_boundary(LOOKED_AT);
    let spaced = line[..end].replace(|character: char| character.is_control(), " ");
    let mut text = spaced.trim().to_owned();
    for (pattern, with) in SECRETS.iter() {
        text = pattern.replace_all(&text, *with).into_owned();
    }
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The kinds of errors in lines, the most frequent first.
pub(super) fn kinds(lines: &[String]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        *counts.entry(kind(line)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The name of an error: `KeyError`, `ThrottlingException`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Z][A-Za-z0-9]{2,60}(?:Error|Exception|Fault)\b")
        .expect("a test finds names by this pattern")
});

fn kind(line: &str) -> String {
    let end = line.floor_char_boundary(LOOKED_AT);
    let line = &line[..end];
    if line.contains("Task timed out") {
        return "timeout".to_owned();
    }
    if line.contains("Runtime.OutOfMemory") || line.contains("signal: killed") {
        return "out of memory".to_owned();
    }
    NAMED
        .find(line)
        .map_or_else(|| "other".to_owned(), |name| name.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        for (line, expected) in [
            (
                r#"{"level":"ERROR","password":"hunter2","user":"ann"}"#,
                r#"{"level":"ERROR","password":[redacted],"user":"ann"}"#,
            ),
            ("db_password=hunter2&x=1", "db_password=[redacted]&x=1"),
            ("API-Key: abc, next", "API-Key: [redacted], next"),
            (
                "Authorization: Bearer abc.def",
                "Authorization: Bearer [redacted]",
            ),
            ("sent Bearer abcdefgh12 away", "sent Bearer [redacted] away"),
            ("key AKIAIOSFODNN7EXAMPLE is bad", "key [redacted] is bad"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[redacted]"),
            ("xoxb-12-ab failed", "[redacted] failed"),
            ("ghp_0123456789abcdef0123 failed", "[redacted] failed"),
            ("jwt eyJhbGciOi.eyJzdWIi.c2ln", "jwt [redacted]"),
            (
                "POST https://hooks.slack.com/services/T0/B0/x 500",
                "POST [redacted] 500",
            ),
            (
                "postgres://ann:pw@db:5432/x",
                "postgres://[redacted]@db:5432/x",
            ),
            ("no user ann@example.com", "no user [address]"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "[redacted]"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }

    #[test]
    fn what_an_operator_needs_stays() {
        for line in [
            "[ERROR] KeyError: 'order_id' in handler.py:12",
            "RequestId: 8f1c7e0e-58bb-4d9d-9c4e-3c7de1f6b2a1 Task timed out after 3.00 seconds",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/orders is throttled",
        ] {
            assert_eq!(shown(line), line);
        }
    }

    #[test]
    fn a_line_is_one_line_of_at_most_300_characters() {
        assert_eq!(shown(" a\tb\r\nc\u{1b}[31m\0 "), "a b  c [31m");
        let long = "é ".repeat(400);
        let short = shown(&long);
        assert_eq!(short.chars().count(), 301);
        assert!(short.ends_with('…'));
        // A secret that the cut would halve is gone before the cut.
        let secret = format!("{}password=hunter2hunter2", "x ".repeat(145));
        assert!(!shown(&secret).contains("hunter"));
    }

    #[test]
    fn errors_are_counted_by_their_name() {
        let lines: Vec<String> = [
            "[ERROR] KeyError: 'x'",
            r#"{"errorType":"ThrottlingException"}"#,
            "KeyError: 'y'",
            "2026 Task timed out after 3.00 seconds",
            "RequestId: 1 Error: Runtime exited with error: signal: killed Runtime.ExitError",
            "ERROR nothing is named",
        ]
        .map(str::to_owned)
        .into();
        let expected = [
            ("KeyError", 2),
            ("ThrottlingException", 1),
            ("other", 1),
            ("out of memory", 1),
            ("timeout", 1),
        ]
        .map(|(name, count)| (name.to_owned(), count));
        assert_eq!(kinds(&lines), expected);
    }
}
