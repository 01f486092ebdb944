//! How long an invocation may still run.

use std::time::Duration;

use jiff::Timestamp;

/// The moment Lambda stops the invocation, less a margin for saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Timestamp);

/// Reserved in every invocation, to report an outcome before Lambda stops the execution environment.
const MARGIN: Duration = Duration::from_millis(500);

impl Deadline {
    /// From `Context::deadline`, in milliseconds since 1970. A value outside time counts as already past.
    pub fn from_context(milliseconds: u64) -> Self {
        let at = i64::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH);
        Self(at)
    }

    /// Returns the time left at `now` without the margin; zero when past.
    pub fn remaining(self, now: Timestamp) -> Duration {
        Duration::try_from(self.0.duration_since(now))
            .unwrap_or_default()
            .saturating_sub(MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_keeps_the_margin_and_never_goes_below_zero() {
        let deadline = Deadline::from_context(10_000);
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert_eq!(deadline.remaining(at(7_000)), Duration::from_millis(2_500));
        assert_eq!(deadline.remaining(at(9_800)), Duration::ZERO);
        assert_eq!(deadline.remaining(at(12_000)), Duration::ZERO);
        assert_eq!(
            Deadline::from_context(u64::MAX).remaining(at(0)),
            Duration::ZERO
        );
    }
}
