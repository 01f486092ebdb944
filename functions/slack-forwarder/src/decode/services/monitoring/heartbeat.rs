//! Picket's heartbeat.

use crate::decode::{
    lenient::Look,
    notice::{Mood, Notice},
};

pub(super) fn is_heartbeat(document: Look<'_>) -> bool {
    document.str("picket/kind") == "heartbeat" && document.has("sent_at")
}

pub(super) fn heartbeat(document: Look<'_>) -> Notice {
    Notice::new(
        "ALIVE",
        format!(
            "Heartbeat of {}",
            document
                .text("stack")
                .unwrap_or_else(|| "a stack".to_owned())
        ),
    )
    .mood(Mood::Good)
    .at(document.moment("sent_at"))
}
