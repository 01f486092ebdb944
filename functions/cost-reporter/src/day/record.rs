//! Kinds of charges, by Cost Explorer's `RECORD_TYPE`.

use picket_shared::fleet::Charges;
use rust_decimal::Decimal;

use crate::amount;

/// A kind of charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RecordKind {
    /// Usage, and discounts on it.
    Usage,
    /// A fee that is not of a day.
    Fee,
    /// Tax.
    Tax,
    /// A credit.
    Credit,
    /// A refund.
    Refund,
}

/// The record types that are not usage. Cost Explorer's console and API name some of them differently, and both names
/// are here; a type that is not here counts as usage, so that nothing is left out. The recurring fee of a Savings Plan
/// is charged every hour and its negation cancels what it covers: both are usage. Discounts change a price.
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/ce-filtering.html> ("Charge type")
const NOT_USAGE: [(&str, RecordKind); 12] = [
    ("Credit", RecordKind::Credit),
    ("Fee", RecordKind::Fee),
    ("Other out-of-cycle charges", RecordKind::Fee),
    ("Recurring", RecordKind::Fee),
    ("Recurring reservation fee", RecordKind::Fee),
    ("Refund", RecordKind::Refund),
    ("RIFee", RecordKind::Fee),
    ("SavingsPlanUpfrontFee", RecordKind::Fee),
    ("Support", RecordKind::Fee),
    ("Support fee", RecordKind::Fee),
    ("Tax", RecordKind::Tax),
    ("Upfront", RecordKind::Fee),
];

impl RecordKind {
    /// The kind of a record type.
    pub(crate) fn of(record_type: &str) -> Self {
        NOT_USAGE
            .iter()
            .find(|(name, _)| *name == record_type)
            .map_or(Self::Usage, |(_, kind)| *kind)
    }

    /// Whether it is paid back or waived, and so in a row of its own: inside a service's row it hides what it used.
    pub(crate) fn is_credit(self) -> bool {
        matches!(self, Self::Credit | Self::Refund)
    }
}

/// The record types that are not usage, for a filter.
pub(crate) fn not_usage() -> impl Iterator<Item = &'static str> {
    NOT_USAGE.iter().map(|(name, _)| *name)
}

/// Adds an amount to its kind; `None` where 28 digits do not hold the sum.
pub(crate) fn charge(charges: &mut Charges, kind: RecordKind, amount: Decimal) -> Option<()> {
    let sum = match kind {
        RecordKind::Usage => &mut charges.usage,
        RecordKind::Fee => &mut charges.fees,
        RecordKind::Tax => &mut charges.tax,
        RecordKind::Credit => &mut charges.credits,
        RecordKind::Refund => &mut charges.refunds,
    };
    *sum = amount::add(*sum, amount)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_type_that_is_not_known_is_usage() {
        for (record_type, kind) in [
            ("Usage", RecordKind::Usage),
            ("DiscountedUsage", RecordKind::Usage),
            ("SavingsPlanRecurringFee", RecordKind::Usage),
            ("SavingsPlanNegation", RecordKind::Usage),
            ("Of a year to come", RecordKind::Usage),
            ("Tax", RecordKind::Tax),
            ("Credit", RecordKind::Credit),
            ("Refund", RecordKind::Refund),
            ("Support", RecordKind::Fee),
        ] {
            assert_eq!(RecordKind::of(record_type), kind, "{record_type}");
        }
    }
}
