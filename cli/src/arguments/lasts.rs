//! Periods that end now, as arguments.

use jiff::SignedDuration;

/// A period that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Calendar days, today the last of them.
    Days(u16),
    /// A time.
    Time(SignedDuration),
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
