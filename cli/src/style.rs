//! The few styles of the terminal; [`crate::Output`] takes them out where there is none.

use anstyle::{AnsiColor, Color, Reset, Style};

/// Headings, names, totals.
pub(crate) const BOLD: Style = Style::new().bold();
/// The style of secondary text.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// The style of success.
pub(crate) const GOOD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
/// The style of failure.
pub(crate) const BAD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
/// Back to plain.
pub(crate) const RESET: Reset = Reset;
