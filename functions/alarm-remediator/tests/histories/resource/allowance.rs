//! What AWS counts over time.

use super::{DAY, HOUR, Resource};

/// The decreases of a table's capacity in a day of UTC: four in the first hour of them, then one where none was made in
/// the hour before it, and 27 in all:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#decreasing-provisioned-throughput>.
const FIRST_DECREASES: usize = 4;
const DECREASES: usize = 27;

impl Resource {
    /// What AWS counted within so many seconds.
    pub(super) fn counted(&self, now: i64, within: i64) -> usize {
        let counted = self.counted.iter();
        counted.filter(|at| **at > now - within).count()
    }

    /// The decreases of a table's capacity since midnight.
    pub(crate) fn decreases_today(&self, now: i64) -> usize {
        self.counted(now, now.rem_euclid(DAY) + 1)
    }

    /// Whether DynamoDB allows one more.
    pub(super) fn may_decrease(&self, now: i64) -> bool {
        let today = self.decreases_today(now);
        let first = self.counted.len() - today;
        let in_first_hour = self.counted.get(first).is_none_or(|at| now < at + HOUR);
        (in_first_hour && today < FIRST_DECREASES)
            || (self.counted(now, HOUR) == 0 && today < DECREASES)
    }
}
