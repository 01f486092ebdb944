//! Tokens of a language model, by the kinds that have prices of their own.

use serde::{Deserialize, Serialize};

/// Token counts. The kinds are separate and additive: `input` does not contain the cached ones
/// (Bedrock Converse `TokenUsage`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenCounts {
    /// Tokens read at the full price.
    pub input: u64,
    /// Tokens generated.
    pub output: u64,
    /// Tokens read from the prompt cache.
    pub cache_read: u64,
    /// Tokens written to the prompt cache with a five-minute life.
    pub cache_write_5m: u64,
    /// Tokens written to the prompt cache with a one-hour life.
    pub cache_write_1h: u64,
}

impl TokenCounts {
    /// The sum, or `None` where a total passes 2^64 - 1.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            input: self.input.checked_add(other.input)?,
            output: self.output.checked_add(other.output)?,
            cache_read: self.cache_read.checked_add(other.cache_read)?,
            cache_write_5m: self.cache_write_5m.checked_add(other.cache_write_5m)?,
            cache_write_1h: self.cache_write_1h.checked_add(other.cache_write_1h)?,
        })
    }
}
