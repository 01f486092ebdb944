//! A text with `*` for anything.

use std::{fmt, str::FromStr};

use crate::{Invalid, invalid::sized};

/// The longest pattern: more than any name or ARN it could be held against (an ARN has at most 2,048 characters).
const LONGEST: usize = 2048;

/// A pattern in which `*` stands for any characters, none included; everything else for itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob(String);

impl Glob {
    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        let Some((head, rest)) = self.0.split_once('*') else {
            return text == self.0;
        };
        let Some(mut text) = text.strip_prefix(head) else {
            return false;
        };
        let mut parts = rest.split('*');
        let tail = parts.next_back().unwrap_or_default();
        // The first place each part fits leaves the most text to the rest, so no other need be tried.
        for part in parts {
            match text.find(part) {
                Some(found) => text = &text[found + part.len()..],
                None => return false,
            }
        }
        text.ends_with(tail)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number of fixed characters: of two patterns that match, the one with more is more specific.
    pub fn fixed(&self) -> usize {
        self.0.chars().filter(|&letter| letter != '*').count()
    }
}

impl FromStr for Glob {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, LONGEST)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_anything_and_the_rest_itself() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "ba", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*b*", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a**c", "abc", true),
            ("ä*", "äö", true),
        ] {
            let glob: Glob = pattern.parse().unwrap();
            assert_eq!(glob.matches(text), expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn what_stands_between_the_stars_is_found(parts in proptest::collection::vec("[a-c]{0,3}", 1..5), gap in "[a-c]{0,4}") {
            let glob: Glob = format!("x{}", parts.join("*")).parse().unwrap();
            let text = format!("x{}", parts.join(&gap));
            prop_assert!(glob.matches(&text) || parts.len() == 1 && text != glob.as_str());
        }
    }
}
