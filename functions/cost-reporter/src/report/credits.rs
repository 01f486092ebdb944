//! Caveats about credits, which must not hide spend.

use picket_shared::money::money;
use rust_decimal::Decimal;

use crate::{
    amount,
    day::{CREDITS, Day},
};

/// Returns the credits, as a caveat: they must not hide spend.
pub(super) fn credits(day: &Day) -> Option<String> {
    if day.is_by_record_type {
        let credits = day
            .services
            .get(CREDITS)
            .filter(|credits| !credits.is_zero())?;
        let spent = amount::add(day.total, -*credits)?;
        let (credits, spent, currency) = (money(-*credits), money(spent), &day.currency);
        return Some(format!(
            "credits and refunds of {credits} {currency} are part of the total: without them the day costs {spent} {currency}"
        ));
    }
    let credits = amount::sum(
        day.services
            .values()
            .copied()
            .filter(|amount| amount.is_sign_negative() && !amount.is_zero()),
    )?;
    (!credits.is_zero()).then(|| {
        format!("the total contains credits or refunds: services below zero sum to {credits}")
    })
}

/// Services whose credits may hide what they used: Cost Explorer lists a service only for a day on which it has usage,
/// and an amount of zero that was none the day before is usage and credits together.
pub(super) fn hidden(day: &Day, before: Option<&Day>) -> Option<String> {
    if day.is_by_record_type {
        return None;
    }
    let previous = |service: &String| before?.services.get(service).copied();
    let hidden = day.services.iter().filter(|(_, amount)| amount.is_zero());
    let hidden: Vec<_> = hidden
        .filter_map(|(service, _)| previous(service))
        .filter(|previous| *previous > Decimal::ZERO)
        .collect();
    let cost = amount::sum(hidden.iter().copied())?;
    (!hidden.is_empty()).then(|| {
        format!(
            "{} services that cost {} {} on the day before are 0: credits may hide what they used, and an answer that is grouped by RECORD_TYPE shows it",
            hidden.len(),
            money(cost),
            day.currency
        )
    })
}
