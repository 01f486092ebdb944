//! The result of folding.

use jiff::Timestamp;
use picket_aws::problem::Problem;

/// The result of folding.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) slices: usize,
    pub(crate) rows: usize,
    /// Rows past the limit of their day.
    pub(crate) refused: u64,
    pub(crate) gaps: u64,
    /// The commit time of the oldest remaining slice of each chain.
    pub(crate) waiting: Vec<Option<Timestamp>>,
    pub(crate) problem: Option<Problem>,
}
