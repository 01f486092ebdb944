//! The columns of a group's keys.

use crate::answer::Group;

/// The row of all credits and refunds. Inside a service's row they hide what it used.
pub(crate) const CREDITS: &str = "Credits and refunds";

/// The values of `RECORD_TYPE` that are paid back or waived; discounts change a price, and stay in their service.
const CREDIT_TYPES: [&str; 2] = ["Credit", "Refund"];

/// Where a group's keys have what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) service: Option<usize>,
    pub(super) record_type: Option<usize>,
}

impl Columns {
    /// The row of a group.
    pub(super) fn service(self, group: &Group) -> String {
        let key = |column: Option<usize>| group.keys.get(column?);
        let is_credit = |record_type: &String| CREDIT_TYPES.contains(&record_type.as_str());
        if key(self.record_type).is_some_and(is_credit) {
            return CREDITS.to_owned();
        }
        let service = key(self.service).cloned();
        service.unwrap_or_else(|| group.keys.join(" / "))
    }
}
