use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One synthetic record a minute: into the stream, through the processor, the chain and the publisher, to an alarm on
/// its absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The stack that sent it; another stack's on the same stream is not ours to count.
    pub stack: String,
    /// When the publisher sent it.
    pub sent_at: Timestamp,
}
