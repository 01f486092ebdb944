use std::fmt::{self, Display, Write};

/// A chain item names at most some thousand events, and has 400 KB: a reason may quote what it is about, and not all of
/// it.
const LONGEST: usize = 500;
/// Ends a reason that was cut.
const CUT: char = '…';

/// The reason why an event could not be read, as a sentence of at most 500 bytes. A longer one is cut at a character
/// and ends in `…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineReason(String);

impl QuarantineReason {
    /// Creates a reason from its text, cut where it is too long.
    pub fn new(reason: impl Display) -> Self {
        let mut text = Cut::default();
        // The only error is that of a full text, which is no error.
        let _ = write!(text, "{reason}");
        Self(text.finish())
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for QuarantineReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that takes no more once it is full.
#[derive(Default)]
struct Cut {
    text: String,
    is_full: bool,
}

impl Write for Cut {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.text.len() + more.len() <= LONGEST {
            self.text.push_str(more);
            return Ok(());
        }
        let room = LONGEST - self.text.len();
        self.text.push_str(&more[..more.floor_char_boundary(room)]);
        self.is_full = true;
        Err(fmt::Error)
    }
}

impl Cut {
    fn finish(mut self) -> String {
        if self.is_full {
            let end = LONGEST - CUT.len_utf8();
            self.text.truncate(self.text.floor_char_boundary(end));
            self.text.push(CUT);
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reason_within_the_limit_stays_as_it_is() {
        for text in ["", "the payload is empty", &"x".repeat(LONGEST)] {
            assert_eq!(QuarantineReason::new(text).as_str(), text);
        }
    }

    #[test]
    fn a_longer_reason_is_cut_at_a_character_and_says_so() {
        for (text, expected) in [
            ("x".repeat(501), "x".repeat(497) + "…"),
            ("é".repeat(251), "é".repeat(248) + "…"),
            ("🔥".repeat(700_000), "🔥".repeat(124) + "…"),
        ] {
            assert_eq!(QuarantineReason::new(text).as_str(), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_reason_is_longer_than_the_limit_however_it_is_put_together(parts in prop::collection::vec(".{0,200}", 0..9)) {
            let whole = parts.concat();
            let reason = QuarantineReason::new(fmt::from_fn(|f| parts.iter().try_for_each(|part| f.write_str(part))));
            prop_assert!(reason.as_str().len() <= LONGEST);
            let kept = reason.as_str().trim_end_matches(CUT);
            prop_assert!(whole.starts_with(kept) || whole.ends_with(CUT));
        }
    }
}
