//! The pace of posts: Slack accepts about a message a second in a channel, and may disable an app that exceeds it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// From one post to a channel to the next (docs.slack.dev, rate limits).
const BETWEEN: Duration = Duration::from_secs(1);

/// When each sink may be posted to next. It knows of this sandbox's posts alone; others' are what 429 is for.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<String, Timestamp>>);

impl Pace {
    /// How long a post to the sink has to wait, which is taken for made then.
    pub(crate) fn pause(&self, sink: &str, now: Timestamp) -> Duration {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.get(sink).copied().unwrap_or(now).max(now);
        let after = due.checked_add(BETWEEN).unwrap_or(due);
        next.insert(sink.to_owned(), after);
        Duration::try_from(due.duration_since(now)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_to_one_sink_are_a_second_apart_and_others_do_not_wait() {
        let pace = Pace::default();
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        for (sink, now, expected) in [
            ("a", 0, 0),
            ("b", 0, 0),
            ("a", 0, 1_000),
            ("a", 500, 1_500),
            ("a", 9_000, 0),
            ("a", 9_400, 600),
        ] {
            assert_eq!(
                pace.pause(sink, at(now)),
                Duration::from_millis(expected),
                "{sink} at {now}"
            );
        }
    }
}
