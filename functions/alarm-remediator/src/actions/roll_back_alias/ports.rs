//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::Fault;

/// A published version of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: u64,
    /// When it was last modified: a published version does not change, so this is not after its publication.
    pub modified_at: Timestamp,
}

/// Reads the versions of a function (`lambda:ListVersionsByFunction`).
pub trait ReadVersions: Send + Sync {
    /// The published versions, without `$LATEST`.
    fn versions(&self, function: &str) -> impl Future<Output = Result<Vec<Version>, Fault>> + Send;
}
