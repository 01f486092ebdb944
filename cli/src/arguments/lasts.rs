//! Periods that end now, as arguments.

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// A period that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Calendar days, today the last of them.
    Days(u16),
    /// A time.
    Time(SignedDuration),
}

/// A length of time, such as `90m`, `1d 12h` or `PT2H`; a day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) SignedDuration);

impl std::str::FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span: Result<Span, _> = text.parse();
        let length = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
        length
            .map(Self)
            .map_err(|_| format!("{text:?} is no length of time: write 90m, 2h, 1d or 1w"))
    }
}

/// The longest period: CloudWatch keeps metrics for 455 days. Ledger rows do not expire; `--from` reads older ones.
const MOST_DAYS: u16 = 455;

impl std::str::FromStr for Lasts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refusal = || {
            format!(
                "{text:?} is no period: write days, such as 7d (at most {MOST_DAYS}d), or a time, such as 1h or 90m"
            )
        };
        if let Some(days) = text.strip_suffix('d')
            && let Ok(days) = days.parse()
        {
            let is_possible = (1..=MOST_DAYS).contains(&days);
            return is_possible.then_some(Self::Days(days)).ok_or_else(refusal);
        }
        let time: SignedDuration = text.parse().map_err(|_| refusal())?;
        let most = SignedDuration::from_hours(24 * i64::from(MOST_DAYS));
        let is_possible = time >= SignedDuration::from_mins(1) && time <= most;
        is_possible.then_some(Self::Time(time)).ok_or_else(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_days_and_weeks() {
        for (text, hours) in [
            ("2h", 2),
            ("1d", 24),
            ("1d 12h", 36),
            ("1w", 168),
            ("PT2H", 2),
            ("P1D", 24),
        ] {
            let length: Length = text.parse().unwrap();
            assert_eq!(length.0, SignedDuration::from_hours(hours), "{text}");
        }
        for text in ["", "1", "soon", "1 month", "1y"] {
            let refused = text.parse::<Length>().unwrap_err();
            assert!(refused.contains("write 90m, 2h, 1d"), "{refused}");
        }
    }
}
