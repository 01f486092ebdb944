//! The request that makes the change.

use picket_aws::Fault;

use super::{change::Change, ports::PutReservation};

/// Makes the change.
pub(crate) async fn execute(change: &Change, ports: &impl PutReservation) -> Result<(), Fault> {
    ports.put(&change.function, change.to).await
}
