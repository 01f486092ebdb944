//! Sums of the same day by other groupings, which Cost Explorer answers apart: they must agree.

use rust_decimal::Decimal;

use super::Days;
use crate::{
    amount,
    reads::{Part, Reads},
};

/// The sum by record type against the sum by service.
pub(super) fn record_types(days: &Days<'_>, reads: &Reads) -> Option<String> {
    let day = days.day()?;
    let table = reads.table(Part::Month, days.currency())?;
    let rows = table.rows(days.date)?;
    let sum = amount::sum(rows.values().copied())?;
    differ(sum, day.total, day.amounts + rows.len()).then(|| {
        format!(
            "incomplete: the services of {} sum to {}, and its record types to {sum}",
            days.date, day.total
        )
    })
}

/// The usage by account against the usage by service.
pub(super) fn accounts(days: &Days<'_>, reads: &Reads) -> Option<String> {
    let day = days.day().filter(|day| day.is_by_record_type)?;
    let table = reads.table(Part::Accounts, days.currency())?;
    let rows = table.rows(days.date)?;
    let (sum, usage) = (amount::sum(rows.values().copied())?, day.charges.usage);
    differ(sum, usage, day.amounts + rows.len()).then(|| {
        format!(
            "incomplete: the usage of {} by service sums to {usage}, and by account to {sum}",
            days.date
        )
    })
}

/// Whether two sums of so many amounts differ by more than their rounding: Cost Explorer writes ten decimals, so each
/// amount is wrong by half a unit of the tenth at most.
fn differ(left: Decimal, right: Decimal, amounts: usize) -> bool {
    let rounding = u32::try_from(amounts)
        .ok()
        .map(|amounts| Decimal::new(i64::from(amounts), 10));
    match (amount::add(left, -right), rounding) {
        (Some(difference), Some(rounding)) => difference.abs() > rounding,
        _ => true,
    }
}
