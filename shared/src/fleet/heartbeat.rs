use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A synthetic record, once a minute: into the stream, through the processor, the chain and the publisher, to an alarm
/// on its absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The stack that sent it; another stack's on the same stream is not counted.
    pub stack: String,
    /// The time when the publisher sent it.
    pub sent_at: Timestamp,
}
