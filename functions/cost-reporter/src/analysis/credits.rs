//! Credits: what they pay, and how long they last.

use jiff::ToSpan;
use picket_shared::fleet::Credits;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Days, Settings};
use crate::{
    amount,
    day::{Day, record::RecordKind},
    reads::{Part, Reads},
};

/// The longest time that is stated; nobody plans by a later day.
const MOST_DAYS: i32 = 3_650;

/// The credits of the week up to the compared day; `None` where there were none, or a day is unknown.
pub(super) fn credits(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    caveats: &mut Vec<String>,
) -> Option<Credits> {
    let day = days.compared()?;
    let paid = |day: &Day| day.is_by_record_type.then_some(-day.charges.credits);
    let week: Option<Vec<_>> = (0..=7)
        .map(|before| days.before(day, before).and_then(|(_, day)| paid(day)))
        .collect();
    let week = week?;
    let (today, before) = week.split_first()?;
    let stopped = today.is_zero() && before.iter().all(|amount| !amount.is_zero());
    let sum = amount::sum(week.iter().take(7).copied())?;
    let per_day = sum.checked_div(Decimal::from(7))?.round_dp(10);
    let left = left(days, reads, settings, caveats);
    if sum.is_zero() && left.is_none() {
        return None;
    }
    let lasts = left
        .filter(|left| !stopped && per_day > Decimal::ZERO && *left > Decimal::ZERO)
        .and_then(|left| left.checked_div(per_day)?.floor().to_i32())
        .filter(|days| *days <= MOST_DAYS);
    Some(Credits {
        per_day,
        stopped,
        left,
        last_until: lasts.and_then(|lasts| day.checked_add(lasts.days()).ok()),
    })
}

/// The configured balance without what was paid of it since.
fn left(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    caveats: &mut Vec<String>,
) -> Option<Decimal> {
    let balance = settings.credits?;
    let table = reads.table(Part::Month, days.currency())?;
    let is_credit = |keys: &[String]| {
        keys.iter()
            .any(|key| RecordKind::of(key) == RecordKind::Credit)
    };
    let since = balance.at.tomorrow().ok()?.series(1.day());
    let paid: Option<Vec<_>> = since
        .take_while(|day| *day <= days.date)
        .map(|day| table.sum(day, is_credit))
        .collect();
    let Some(paid) = paid else {
        caveats.push(format!(
            "without the rest of the credits: the balance is of {}, before the days that are read; state it anew",
            balance.at
        ));
        return None;
    };
    amount::add(balance.amount, amount::sum(paid)?)
}
