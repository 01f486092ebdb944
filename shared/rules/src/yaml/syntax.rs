//! Errors of the YAML parser as an author reads them.

/// The message of a syntax error: the parser's own, except where it does not say what to change.
///
/// Takes the message of `granit-parser`, which is also the parser of serde-saphyr, without the place.
pub fn syntax_message(message: String) -> String {
    if message.starts_with("tabs ") || message.ends_with("found a tab") {
        "a tab stands here, and YAML is indented by spaces: replace it".to_owned()
    } else {
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_answered_with_what_to_do_and_other_errors_are_kept() {
        let replace = "a tab stands here, and YAML is indented by spaces: replace it";
        for tab in [
            "tabs disallowed in this context",
            "while scanning a plain scalar, found a tab",
        ] {
            assert_eq!(syntax_message(tab.to_owned()), replace);
        }
        for other in [
            "while parsing a flow sequence, expected ',' or ']'",
            "a table",
        ] {
            assert_eq!(syntax_message(other.to_owned()), other);
        }
    }
}
