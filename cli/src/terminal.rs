//! Text as it is written to a terminal: control characters of the input escaped, styles as escape sequences.
//!
//! A terminal takes control characters for commands: they move the cursor, change its title, and some write into the
//! shell. Input of the commands comes from logs and messages of any publisher.

use std::fmt::{self, Write};

use crate::style::Style;

/// The text with its marks of styles as escape sequences and without any other control character than line feeds and
/// tabs: `\u{1b}` for an escape.
pub(crate) fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if let Some(style) = Style::of_mark(character) {
            out.push_str(&style.sequence());
        } else if matches!(character, '\n' | '\t') || !is_command(character) {
            out.push(character);
        } else {
            out.extend(character.escape_unicode());
        }
    }
    out
}

/// What a person reads of an answer where there are no styles.
#[cfg(test)]
pub(crate) fn plain(answer: &impl fmt::Display) -> String {
    anstream::adapter::strip_str(&written(&answer.to_string())).to_string()
}

/// JSON with the control characters escaped that JSON allows in a text: DEL and C1. Nothing else is changed, so that a
/// reader of JSON gets the same values.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            let code = u32::from(character);
            write!(out, "\\u{code:04x}").expect("a String takes all that is written to it");
        } else {
            out.push(character);
        }
    }
    out
}

/// A value of the input on one line, without marks of styles: its line feeds are escaped too.
pub(crate) struct Value<'a>(pub(crate) &'a str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_command(character) || Style::of_mark(character).is_some() {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Whether a terminal acts on the character: C0, DEL and C1 are commands, the others change the direction of text, so
/// that a line does not read as it is written (Unicode Standard Annex 9, section 2).
fn is_command(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::{BAD, BOLD, RESET};

    #[test]
    fn control_characters_are_escaped_and_own_styles_are_not() {
        for (text, expected) in [
            ("plain\ttext\nof two lines", "plain\ttext\nof two lines"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m \u{9d}0;t\u{9c}", "\\u{9b}31m \\u{9d}0;t\\u{9c}"),
            ("a\rb\u{8}\u{7f}\0", "a\\u{d}b\\u{8}\\u{7f}\\u{0}"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("Grüße 東京 👩‍🚒", "Grüße 東京 👩‍🚒"),
        ] {
            assert_eq!(written(text), expected, "{text:?}");
        }
        let styled = format!("{BAD}not understood{RESET}: {BOLD}x{RESET}\u{1b}[0m");
        assert_eq!(
            written(&styled),
            "\u{1b}[31mnot understood\u{1b}[0m: \u{1b}[1mx\u{1b}[0m\\u{1b}[0m"
        );
    }

    #[test]
    fn a_value_takes_one_line_and_sets_no_style() {
        let value = format!("a\nb\u{1b}{BOLD}");
        assert_eq!(Value(&value).to_string(), "a\\u{a}b\\u{1b}\\u{fdd0}");
    }

    #[test]
    fn json_with_c1_escaped_is_the_same_value() {
        let value = serde_json::json!({"a": "\u{1b}\u{7f}\u{80}\u{9b}\u{9f}ä\n"});
        let text = json(&value.to_string());
        assert_eq!(text, r#"{"a":"\u001b\u007f\u0080\u009b\u009fä\n"}"#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
