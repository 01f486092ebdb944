//! Picket's heartbeat.

use crate::decode::{
    lenient::Node,
    notice::{Notice, Status},
};

pub(super) fn is_heartbeat(document: Node<'_>) -> bool {
    document.str("picket/kind") == "heartbeat" && document.has("sent_at")
}

pub(super) fn heartbeat(document: Node<'_>) -> Notice {
    Notice::new(
        "ALIVE",
        format!(
            "Heartbeat of {}",
            document
                .text("stack")
                .unwrap_or_else(|| "a stack".to_owned())
        ),
    )
    .status(Status::Good)
    .at(document.timestamp("sent_at"))
}
