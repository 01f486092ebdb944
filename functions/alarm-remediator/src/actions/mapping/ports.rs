//! The port of the actions on event source mappings; the function's role allows the same call.

use std::future::Future;

use picket_aws::Fault;

use super::Mapping;

/// Reads the event source mappings of a function (`lambda:ListEventSourceMappings`).
pub trait ReadMappings: Send + Sync {
    /// The mappings of a function; with a qualifier, those of the alias or version.
    fn mappings(
        &self,
        function: &str,
        qualifier: Option<&str>,
    ) -> impl Future<Output = Result<Vec<Mapping>, Fault>> + Send;
}
