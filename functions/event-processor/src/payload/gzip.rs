//! Gzip, inflated up to a limit per record.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::Unreadable;

/// The most that one record may inflate to, all its members together. A subscription's record has 1 MB of gzip and logs
/// shrink to a tenth; with the parts read from it one after another, this keeps within the memory that the function has
/// above its event.
pub(super) const MOST_INFLATED: usize = 16 << 20;

/// Whether bytes begin as gzip (RFC 1952): no text and no JSON does.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The bytes that a record inflates to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inflating {
    /// The bytes that it may still inflate to.
    allowance: usize,
    /// The bytes that were inflated, those of payloads that cannot be read included.
    pub(super) inflated: usize,
}

impl Inflating {
    pub(super) fn new() -> Self {
        Self {
            allowance: MOST_INFLATED,
            inflated: 0,
        }
    }

    /// Inflates bytes, and reduces the allowance by the result.
    pub(super) fn inflate(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let mut inflated = Vec::new();
        let most = self.allowance as u64 + 1;
        let result = MultiGzDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut inflated);
        self.inflated += inflated.len();
        result.map_err(|error| Unreadable::BrokenGzip(error.to_string()))?;
        self.allowance = self
            .allowance
            .checked_sub(inflated.len())
            .ok_or(Unreadable::InflatesTooFar)?;
        Ok(inflated)
    }
}
