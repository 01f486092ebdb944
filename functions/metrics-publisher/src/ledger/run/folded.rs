//! The result of folding.

use picket_aws::problem::Problem;
use picket_shared::chain::ChainId;

use crate::self_metrics::waiting::Waiting;

/// The result of folding.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) slices: usize,
    pub(crate) rows: usize,
    /// Rows past the limit of their day.
    pub(crate) refused: u64,
    pub(crate) gaps: u64,
    /// The remaining slices of each chain.
    pub(crate) waiting: Vec<(ChainId, Waiting)>,
    pub(crate) problem: Option<Problem>,
}
