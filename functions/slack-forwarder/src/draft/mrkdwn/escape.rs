//! Slack's three entities, and what must not become a mention.

use std::{borrow::Cow, fmt::Write};

/// The words that Slack may read as a mention of everybody even without angle brackets.
const CALLS: [&str; 3] = ["channel", "here", "everyone"];
/// Joins without being seen, so that the word after `@` is no longer one of [`CALLS`].
const WORD_JOINER: char = '\u{2060}';

/// Slack's formatting page: these three characters are escaped, and nothing else.
const fn entity(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

fn width_of(character: char) -> usize {
    entity(character).map_or(1, str::len)
}

/// Characters when written.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// Bytes of `text` that take at most `room` characters when written.
pub(super) fn fitting(text: &str, room: usize) -> usize {
    let mut taken = 0;
    text.char_indices()
        .find(|(_, character)| {
            taken += width_of(*character);
            taken > room
        })
        .map_or(text.len(), |(at, _)| at)
}

/// Writes the text, escaped.
pub(super) fn write(text: &str, out: &mut String) {
    for character in text.chars() {
        match entity(character) {
            Some(entity) => out.push_str(entity),
            None => out.push(character),
        }
    }
}

/// The text with every character that changes how others are read, and is itself not seen, written as its number:
/// `[U+202E]`. They are the controls of direction, and those of no width ("Unicode Bidirectional Algorithm", UAX 9;
/// general category Cf, and the letters of property `Default_Ignorable_Code_Point`). The word joiner is left, which
/// [`without_mentions`] writes, and the variation selectors of emoji.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // A text of which nothing is seen is no text, and misleads nobody.
    if !text.chars().any(is_deceptive) || text.chars().all(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_deceptive(character) {
            write!(out, "[U+{:04X}]", u32::from(character))
                .expect("a String takes all that is written to it");
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

fn is_deceptive(character: char) -> bool {
    is_blank_letter(character)
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2061}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether it is a letter or mark without a shape of its own: the joiner of graphemes, and the fillers of Hangul and
/// Khmer.
fn is_blank_letter(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}'
    )
}

/// Whether a reader sees nothing of it.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || is_blank_letter(character)
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// The text with a joiner in every word that calls everybody.
pub(super) fn without_mentions(text: &str) -> String {
    let joined: String = ['@', WORD_JOINER].iter().collect();
    with_calls_as(text, &joined)
}

/// The address with the sign percent-encoded in every word that calls everybody: it leads to the same place.
pub(super) fn without_mentions_in_url(url: &str) -> String {
    with_calls_as(url, "%40")
}

/// The text with something else in place of each `@` before one of [`CALLS`].
fn with_calls_as(text: &str, sign: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        let begins = |word: &str| {
            after
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        out.push_str(before);
        out.push_str(if CALLS.into_iter().any(begins) {
            sign
        } else {
            "@"
        });
        rest = after;
    }
    out.push_str(rest);
    out
}
