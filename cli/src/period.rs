//! The period of a question: exact for metrics, whole days for the ledger.

use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};

use crate::arguments::Lasts;

/// A period, and the days that it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Period {
    /// A period that ends now.
    pub(crate) fn until(now: Timestamp, lasts: Lasts) -> Self {
        let today = now.to_zoned(TimeZone::UTC).date();
        match lasts {
            Lasts::Days(days) => {
                let first = today.saturating_sub(Span::new().days(i64::from(days) - 1));
                Self {
                    from: midnight(first),
                    to: now,
                    first,
                    last: today,
                }
            }
            Lasts::Time(time) => {
                let from = now.saturating_sub(time).unwrap_or(Timestamp::MIN);
                Self {
                    from,
                    to: now,
                    first: from.to_zoned(TimeZone::UTC).date(),
                    last: today,
                }
            }
        }
    }

    /// Whole days, up to now; `None` where the last precedes the first.
    pub(crate) fn days(first: Date, last: Date, now: Timestamp) -> Option<Self> {
        let end = midnight(last.tomorrow().unwrap_or(last));
        (first <= last).then(|| Self {
            from: midnight(first),
            to: end.min(now).max(midnight(first)),
            first,
            last,
        })
    }

    /// The period's length.
    pub(crate) fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MIN, |day| day.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_begin_at_midnight_and_times_do_not() {
        let now: Timestamp = "2026-11-20T00:30:00Z".parse().unwrap();
        for (lasts, from, first) in [
            ("1d", "2026-11-20T00:00:00Z", date(2026, 11, 20)),
            ("7d", "2026-11-14T00:00:00Z", date(2026, 11, 14)),
            ("1h", "2026-11-19T23:30:00Z", date(2026, 11, 19)),
            ("15m", "2026-11-20T00:15:00Z", date(2026, 11, 20)),
        ] {
            let period = Period::until(now, lasts.parse().unwrap());
            assert_eq!(period.from.to_string(), from, "{lasts}");
            assert_eq!((period.first, period.last), (first, date(2026, 11, 20)));
        }
        for refused in ["0d", "456d", "soon", "-1h", "1s", ""] {
            assert!(refused.parse::<Lasts>().is_err(), "{refused}");
        }
    }

    #[test]
    fn a_range_of_days_ends_with_the_last_or_now() {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let period = Period::days(date(2026, 11, 18), date(2026, 11, 19), now).unwrap();
        assert_eq!(period.to.to_string(), "2026-11-20T00:00:00Z");
        let period = Period::days(date(2026, 11, 20), date(2026, 11, 20), now).unwrap();
        assert_eq!(
            (period.to, period.length()),
            (now, SignedDuration::from_hours(6))
        );
        assert_eq!(
            Period::days(date(2026, 11, 20), date(2026, 11, 19), now),
            None
        );
    }
}
