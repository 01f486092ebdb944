//! The few styles of the terminal, as marks in the text of an answer.
//!
//! A mark is a noncharacter: [`crate::terminal`] replaces it with an escape sequence, and escapes every control
//! character, so that the only sequences that reach a terminal are those of this file.

use std::fmt::{self, Write};

use anstyle::AnsiColor;

/// A style: from its mark on, the text has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style(char);

/// Headings, names, totals.
pub(crate) const BOLD: Style = Style('\u{fdd0}');
/// The style of secondary text.
pub(crate) const FAINT: Style = Style('\u{fdd1}');
/// The style of success.
pub(crate) const GOOD: Style = Style('\u{fdd2}');
/// The style of failure.
pub(crate) const BAD: Style = Style('\u{fdd3}');
/// Back to plain.
pub(crate) const RESET: Style = Style('\u{fdd4}');

impl Style {
    /// The style whose mark the character is.
    pub(crate) fn of_mark(mark: char) -> Option<Self> {
        [BOLD, FAINT, GOOD, BAD, RESET]
            .into_iter()
            .find(|style| style.0 == mark)
    }

    /// Its escape sequence.
    pub(crate) fn sequence(self) -> String {
        let plain = anstyle::Style::new();
        match self {
            BOLD => plain.bold().to_string(),
            FAINT => plain.dimmed().to_string(),
            GOOD => AnsiColor::Green.render_fg().to_string(),
            BAD => AnsiColor::Red.render_fg().to_string(),
            _ => anstyle::Reset.to_string(),
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(self.0)
    }
}
