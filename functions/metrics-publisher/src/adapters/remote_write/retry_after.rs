//! `Retry-After`: the pause that a receiver asks for (RFC 9110, 10.2.3).

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Reads seconds or an HTTP date; `None` where the header is missing or is neither.
pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(at.duration_since(now).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_moments_are_read_and_anything_else_is_nothing() {
        let now = "2026-11-20T06:00:00Z".parse().unwrap();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, expected) in [
            ("0", seconds(0)),
            ("120", seconds(120)),
            (" 7 ", seconds(7)),
            ("Fri, 20 Nov 2026 06:00:30 GMT", seconds(30)),
            ("Fri, 20 Nov 2026 05:00:00 GMT", seconds(0)),
            ("18446744073709551615", seconds(u64::MAX)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(read(&headers, now), expected, "{text}");
        }
        assert_eq!(read(&HeaderMap::new(), now), None);
    }
}
