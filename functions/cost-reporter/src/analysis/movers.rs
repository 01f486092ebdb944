//! The services whose usage changed most.

use std::collections::BTreeSet;

use jiff::civil::Date;
use picket_shared::fleet::Mover;
use rust_decimal::Decimal;

use super::{Days, Settings};
use crate::{amount, day::Day, reads::plan::MOST_MOVERS};

/// The services that changed most on `day`, against the same weekday a week before, or the day before where that is
/// unknown: from Sunday to Monday, everything changes. A service without a row on a whole day cost nothing then.
pub(super) fn movers(days: &Days<'_>, day: Date, settings: &Settings) -> Vec<Mover> {
    let Some((against, before)) = days.before(day, 7).or_else(|| days.before(day, 1)) else {
        return Vec::new();
    };
    let Some(now) = days.whole(day) else {
        return Vec::new();
    };
    let usage = |day: &Day, service: &String| day.usage.get(service).copied().unwrap_or_default();
    let services: BTreeSet<&String> = now.usage.keys().chain(before.usage.keys()).collect();
    let mut movers: Vec<(Decimal, Mover)> = services
        .into_iter()
        .filter_map(|service| {
            let (amount, earlier) = (usage(now, service), usage(before, service));
            let change = amount::add(amount, -earlier)?.abs();
            let mover = Mover {
                service: service.clone(),
                amount,
                against,
                before: earlier,
                causes: Vec::new(),
            };
            (change >= settings.floor && !change.is_zero()).then_some((change, mover))
        })
        .collect();
    // The set is in the order of names, and the sort is stable.
    movers.sort_by_key(|(change, _)| std::cmp::Reverse(*change));
    movers.truncate(MOST_MOVERS);
    movers.into_iter().map(|(_, mover)| mover).collect()
}
