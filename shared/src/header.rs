//! The header of Picket's own messages: `"picket": {"kind": "tick", "version": 1}`.

use serde::{Deserialize, Serialize};

/// The version that this build writes.
pub const VERSION: u32 = 1;

/// The kind and version of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The kind of message, such as `tick`.
    pub kind: String,
    /// The version of its format.
    pub version: u32,
}

impl Header {
    /// Creates the header that this build writes for a kind of message.
    pub fn new(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            version: VERSION,
        }
    }

    /// Whether this build reads the version: its own, and the next, which a deployment under way may send.
    pub fn is_readable(&self) -> bool {
        (1..=VERSION + 1).contains(&self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_version_and_the_next_are_readable() {
        let header = |version| Header {
            kind: "tick".to_owned(),
            version,
        };
        let readable: Vec<u32> = (0..5)
            .filter(|&version| header(version).is_readable())
            .collect();
        assert_eq!(readable, [1, 2]);
    }
}
