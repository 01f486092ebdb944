//! Statistics of values, as CloudWatch's `StatisticSet` has them.

/// The count, sum, minimum and maximum of at least one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// The number of values.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Statistics {
    /// Creates the statistics of one finite value.
    pub fn of(value: f64) -> Self {
        Self {
            count: 1,
            sum: value,
            min: value,
            max: value,
        }
    }

    /// Adds another's values.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}
