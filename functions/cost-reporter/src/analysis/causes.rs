//! What is behind a service's change: the values of other dimensions that changed the same way.

use std::collections::BTreeSet;

use picket_shared::fleet::{Cause, Mover};
use rust_decimal::Decimal;

use super::{Days, Settings, is_several};
use crate::{
    amount,
    reads::{Part, Reads, table::Table},
};

/// Usage types of a mover: of many, two are nearly all.
const USAGE_TYPES: usize = 2;

/// The causes of a change, by usage type, account, region and tag.
pub(super) fn causes(
    days: &Days<'_>,
    reads: &Reads,
    mover: &Mover,
    settings: &Settings,
) -> Vec<Cause> {
    let Some(day) = days.compared() else {
        return Vec::new();
    };
    let change = Change {
        mover,
        day,
        currency: days.currency(),
    };
    let mut causes = change.by(reads, Part::UsageTypes, "usage type", USAGE_TYPES);
    for (part, all, by) in [
        (Part::MoverAccounts, Part::Accounts, "account"),
        (Part::MoverRegions, Part::Regions, "region"),
    ] {
        // Where everything is in one place, naming it says nothing.
        if is_several(days, reads, all) {
            causes.extend(change.by(reads, part, by, 1));
        }
    }
    if let Some(tag) = &settings.tag {
        let prefix = format!("{tag}$");
        let mut tags = change.by(reads, Part::Tags, tag, 1);
        for cause in &mut tags {
            let value = cause.name.strip_prefix(&prefix).unwrap_or(&cause.name);
            cause.name = if value.is_empty() { "no tag" } else { value }.to_owned();
        }
        causes.extend(tags);
    }
    causes
}

struct Change<'a> {
    mover: &'a Mover,
    day: jiff::civil::Date,
    currency: &'a str,
}

impl Change<'_> {
    /// The `most` values of a part's other dimension that changed most, in the direction of the service.
    fn by(&self, reads: &Reads, part: Part, by: &str, most: usize) -> Vec<Cause> {
        let Some(table) = reads.table(part, self.currency) else {
            return Vec::new();
        };
        let Some(mut changes) = self.changes(&table) else {
            return Vec::new();
        };
        changes.sort_by(|(a, left), (b, right)| right.abs().cmp(&left.abs()).then(a.cmp(b)));
        let cause = |(name, change)| Cause {
            by: by.to_owned(),
            name,
            change,
        };
        changes.into_iter().take(most).map(cause).collect()
    }

    fn changes(&self, table: &Table) -> Option<Vec<(String, Decimal)>> {
        let (now, before) = (table.rows(self.day)?, table.rows(self.mover.against)?);
        let rises = self.mover.amount > self.mover.before;
        let keys: BTreeSet<&Vec<String>> = now.keys().chain(before.keys()).collect();
        let amount = |rows: &crate::reads::table::Rows, keys: &Vec<String>| {
            rows.get(keys).copied().unwrap_or_default()
        };
        let changes = keys
            .into_iter()
            .filter(|keys| keys.contains(&self.mover.service))
            .filter_map(|keys| {
                let change = amount::add(amount(now, keys), -amount(before, keys))?;
                let same_way = !change.is_zero() && change.is_sign_positive() == rises;
                let name = keys.iter().find(|key| **key != self.mover.service)?;
                same_way.then(|| (name.clone(), change))
            });
        Some(changes.collect())
    }
}
