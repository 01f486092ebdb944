//! The columns of a group's keys.

use crate::{answer::Group, day::record::RecordKind};

/// The row of all credits and refunds. Inside a service's row they hide what it used.
pub(crate) const CREDITS: &str = "Credits and refunds";

/// Where a group's keys have what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) service: Option<usize>,
    pub(super) record_type: Option<usize>,
}

impl Columns {
    /// The row of a group.
    pub(super) fn service(self, group: &Group) -> String {
        if self.kind(group).is_credit() {
            return CREDITS.to_owned();
        }
        let service = self.service.and_then(|column| group.keys.get(column));
        service.cloned().unwrap_or_else(|| group.keys.join(" / "))
    }

    /// The kind of a group; usage where the answer does not say.
    pub(super) fn kind(self, group: &Group) -> RecordKind {
        self.record_type
            .and_then(|column| group.keys.get(column))
            .map_or(RecordKind::Usage, |record_type| RecordKind::of(record_type))
    }
}
