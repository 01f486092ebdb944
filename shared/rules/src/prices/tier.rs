//! Service tiers.

use std::{borrow::Cow, fmt};

/// A service tier, in lower case: `standard`, `batch`, Bedrock's `priority`, `flex` and `reserved`, `optimized` for
/// optimized latency, or a word that this build does not know. Each has prices of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tier(Cow<'static, str>);

/// The words that need no memory of their own.
const KNOWN: [&str; 6] = [
    "standard",
    "batch",
    "flex",
    "priority",
    "reserved",
    "optimized",
];

impl Tier {
    /// The tier of a request that asks for none.
    pub const STANDARD: Self = Self(Cow::Borrowed("standard"));
    /// The tier of a request in a batch inference job.
    pub const BATCH: Self = Self(Cow::Borrowed("batch"));

    /// Reads a value of `serviceTier` or `performanceConfig`, in any case. Nothing and `default` are the standard tier.
    pub fn read(word: &str) -> Self {
        let word = word.trim();
        if ["", "default"]
            .iter()
            .any(|standard| word.eq_ignore_ascii_case(standard))
        {
            return Self::STANDARD;
        }
        let known = KNOWN
            .into_iter()
            .find(|known| word.eq_ignore_ascii_case(known));
        Self(known.map_or_else(|| Cow::Owned(word.to_ascii_lowercase()), Cow::Borrowed))
    }

    /// Returns the word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_standard_are_one_tier_and_all_others_are_their_own() {
        for (word, tier) in [
            ("default", "standard"),
            ("Default", "standard"),
            ("standard", "standard"),
            ("STANDARD", "standard"),
            ("", "standard"),
            (" ", "standard"),
            ("priority", "priority"),
            ("Flex", "flex"),
            ("reserved", "reserved"),
            ("optimized", "optimized"),
            ("batch", "batch"),
            ("Tomorrow's", "tomorrow's"),
        ] {
            assert_eq!(Tier::read(word).as_str(), tier, "{word}");
        }
    }
}
