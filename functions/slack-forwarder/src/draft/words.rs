//! Cutting text at a word.

/// The longest word, in bytes, that is moved whole behind a cut. A longer one is an address or an id, and is cut where
/// there is no more room.
const WORD: usize = 80;

/// The mark of a text that was cut.
pub(crate) const ELLIPSIS: &str = "…";

/// The place at or before `at` at which the text is cut, in bytes: before the white space in front of the word that
/// `at` falls into.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    let (head, tail) = text.split_at(at);
    if tail.is_empty() {
        return at;
    }
    let end = if tail.starts_with(char::is_whitespace) {
        at
    } else {
        // Where `at` is the beginning of a word, the white space is the last of the head.
        head.rfind(char::is_whitespace).map_or(0, |space| {
            space + head[space..].chars().next().map_or(0, char::len_utf8)
        })
    };
    let kept = head[..end].trim_end().len();
    if kept == 0 || at - end > WORD {
        at
    } else {
        kept
    }
}

/// The text in at most `limit` characters, with an ellipsis where it is cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    shortened_with(text, limit, ELLIPSIS)
}

/// The text in at most `limit` characters, with `mark` where it is cut.
pub(crate) fn shortened_with(text: &str, limit: usize, mark: &str) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(mark.chars().count());
    let at = text
        .char_indices()
        .nth(room)
        .map_or(text.len(), |(at, _)| at);
    let kept = &text[..boundary(text, at)];
    kept.chars().chain(mark.chars()).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_in_front_of_the_word_that_has_no_room() {
        let address = format!("see https://example.com/{}", "a".repeat(100));
        for (text, limit, expected) in [
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two…"),
            ("one two three", 9, "one two…"),
            ("one two three", 8, "one two…"),
            ("one two three", 7, "one…"),
            ("one  two", 5, "one…"),
            ("one\ntwo three", 8, "one\ntwo…"),
            ("onetwothree", 8, "onetwot…"),
            (" onetwo", 5, " one…"),
            ("日本語日本語", 4, "日本語…"),
            ("größe größe", 8, "größe…"),
            (&address, 110, &format!("{}…", &address[..109])),
            ("one two", 1, "…"),
            ("one two", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(shortened(text, limit), expected, "{text:?} {limit}");
        }
        assert_eq!(shortened_with("one two three", 12, "..."), "one two...");
    }

    proptest! {
        #[test]
        fn what_is_kept_are_whole_words_of_the_beginning(text in "[a-zä ]{0,40}", limit in 0_usize..40) {
            let cut = shortened(&text, limit);
            prop_assert!(cut.chars().count() <= limit);
            let Some(kept) = cut.strip_suffix('…') else {
                prop_assert!(cut == text || limit == 0);
                return Ok(());
            };
            let rest = text.strip_prefix(kept);
            prop_assert!(rest.is_some());
            let whole = rest.is_some_and(|rest| rest.starts_with(' '));
            prop_assert!(whole || !kept.trim_start().contains(' '), "{:?} of {:?}", cut, text);
        }
    }
}
