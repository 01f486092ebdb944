//! The CloudWatch sink: a claim for each chain's slices, `PutMetricData` for all of them merged, then the cursors.

pub mod accepted;
pub mod claim;
pub mod derived;
pub(crate) mod run;
