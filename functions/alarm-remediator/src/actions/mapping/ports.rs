//! The port of the actions on event source mappings; the function's role allows the same call.

use std::future::Future;

use picket_aws::Fault;

use super::Mapping;

/// Reads the event source mappings of a function (`lambda:ListEventSourceMappings`).
pub trait ReadMappings: Send + Sync {
    /// The mappings of a function, of its versions and of its aliases.
    fn mappings(&self, function: &str) -> impl Future<Output = Result<Vec<Mapping>, Fault>> + Send;
}
