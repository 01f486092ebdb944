//! Carries a change out. It makes no choice: what, whether and how far was planned.

use picket_shared::fleet::RemediationMessage;

use crate::{change::Change, message::ended, ports::PutReservation};

/// Makes the change, and says what came of it.
pub async fn execute(
    change: &Change,
    message: RemediationMessage,
    ports: &impl PutReservation,
) -> RemediationMessage {
    let result = ports.put(change).await;
    ended(message, change, result)
}
