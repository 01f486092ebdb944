//! ALARMs that a silence holds back: kept in the Alerts table, sent when the silence is over unless an OK came first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{delivery_log::Row, incident::Change, message::Message};

/// An ALARM that a silence holds back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Silenced {
    /// The alarm: what its later changes share.
    pub alert: String,
    /// Its newest change that was held back.
    pub change: Change,
    /// When the silence was to end.
    pub until: Timestamp,
    /// The message, to be sent then.
    pub message: Message,
}

impl Silenced {
    /// The item's name in its partition. A sort key has at most 1,024 bytes, which an alarm's ARN may exceed.
    pub fn part(alert: &str) -> String {
        hex::encode(Sha256::digest(alert))
    }

    /// Whether a sink knows of an OK after it.
    pub(crate) fn is_over<'a>(&self, rows: impl IntoIterator<Item = &'a Row>) -> bool {
        rows.into_iter()
            .any(|row| row.history.was_ok_after(self.change.at))
    }
}
