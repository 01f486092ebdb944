//! Checkpoints in the decoding of a record.

use super::{concatenated::TextCheckpoint, gzip::Inflating};

/// A place in a record from which its decoding can go on, so that a record of many events is not split from its start
/// for each slice. It is in memory alone: what is stored are the indexes of parts, and they do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The index of the user record in an aggregate; 0 elsewhere.
    pub(super) member: usize,
    /// The index of the first part of the event at `text`: an envelope has many.
    pub(super) next: u32,
    /// The index of the part at which the decoding was stopped: those before it are not passed again.
    pub(super) stopped: u32,
    /// What was inflated before the user record.
    pub(super) inflating: Inflating,
    /// The place in the user record's text; its start where it was not split.
    pub(super) text: Option<TextCheckpoint>,
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self {
            member: 0,
            next: 0,
            stopped: 0,
            inflating: Inflating::new(),
            text: None,
        }
    }
}
