//! The usual amount of a weekday: the median of the four weeks before, and the median absolute deviation from it.

use jiff::civil::Date;
use picket_shared::fleet::{Comparison, UsualCost};
use rust_decimal::Decimal;

use super::Days;
use crate::{amount, day::Day, reads::plan::WEEKS};

/// Fewer weeks have no usual amount: the median of two is their mean, which one outlier moves.
const LEAST_WEEKS: usize = 3;

/// The comparison of a day's usage.
pub(super) fn comparison(days: &Days<'_>, day: Date) -> Option<Comparison> {
    let usage = |days_before| {
        let (_, day) = days.before(day, days_before)?;
        Some(day.charges.usage)
    };
    Some(Comparison {
        day,
        amount: days.whole(day)?.charges.usage,
        day_before: usage(1),
        week_before: usage(7),
        usual: usual(days, day, |day| day.charges.usage),
    })
}

/// The usual amount of the day's weekday, of an amount that each day has.
pub(super) fn usual(
    days: &Days<'_>,
    day: Date,
    amount: impl Fn(&Day) -> Decimal,
) -> Option<UsualCost> {
    let weeks: Vec<_> = (1..=WEEKS)
        .filter_map(|week| days.before(day, 7 * week))
        .map(|(_, day)| amount(day))
        .collect();
    if weeks.len() < LEAST_WEEKS {
        return None;
    }
    let median = median(&weeks)?;
    let deviations: Option<Vec<_>> = weeks
        .iter()
        .map(|amount| Some(amount::add(*amount, -median)?.abs()))
        .collect();
    Some(UsualCost {
        median,
        deviation: self::median(&deviations?)?,
        weeks: u8::try_from(weeks.len()).ok()?,
    })
}

/// The median; of an even number, the mean of the middle two. `None` of nothing.
pub(super) fn median(amounts: &[Decimal]) -> Option<Decimal> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle - 1)?;
    amount::add(lower, upper)?.checked_div(Decimal::TWO)
}
