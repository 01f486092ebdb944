//! Words in a payload's text that ask for more than the rules do. Looking for them is far cheaper than reading the whole.

use std::sync::LazyLock;

use memchr::{memchr2_iter, memmem::Finder};
use picket_rules::filter::Lookups;

/// Words to look for.
#[derive(Debug)]
pub(crate) struct Signs(LazyLock<Vec<Finder<'static>>>);

/// A subscription's envelope.
pub(crate) static ENVELOPE: Signs = Signs(LazyLock::new(|| finders(&["\"logEvents\""])));
/// A request to a model that is not spelled our way, and a message of the fleet; [`has_token_counts`] beside them.
pub(crate) static WHOLE: Signs = Signs(LazyLock::new(|| {
    finders(&[
        "\"ModelInvocationLog\"",
        "\"usage\"",
        "\"inputTokens\"",
        "-invocationMetrics\"",
        "\"picket\"",
    ])
}));

/// The fields of an object outside of which none of the signs has a meaning: an envelope's, an invocation log's, the fleet's, and those that
/// hold an answer's tokens or its headers (`model_request/answer.rs`). An event without them need not be searched.
const FIELDS: [&str; 14] = [
    "logEvents",
    "schemaType",
    "picket",
    "inputTokens",
    "usage",
    "metadata",
    "amazon-bedrock-invocationMetrics",
    "headers",
    "ResponseMetadata",
    "$response",
    "$metadata",
    "x-amzn-bedrock-input-token-count",
    "X-Amzn-Bedrock-Input-Token-Count",
    "X-AMZN-BEDROCK-INPUT-TOKEN-COUNT",
];
/// Ends the name of a token-count header, in whatever case.
const TOKEN_COUNT: &[u8] = b"token-count\"";
/// Where its rarest letter stands in it.
const RAREST: usize = 2;

/// Whether a token-count header is in the text. HTTP takes its name in any case.
pub(crate) fn has_token_counts(text: &str) -> bool {
    let text = text.as_bytes();
    memchr2_iter(b'k', b'K', text).any(|place| {
        let start = place.checked_sub(RAREST);
        let name = start.and_then(|start| text.get(start..start + TOKEN_COUNT.len()));
        name.is_some_and(|name| name.eq_ignore_ascii_case(TOKEN_COUNT))
    })
}

/// Has the reader of events note them.
pub(crate) fn watch(lookups: &mut Lookups) {
    for field in FIELDS {
        lookups.watch(field);
    }
}

fn finders(words: &[&'static str]) -> Vec<Finder<'static>> {
    words.iter().copied().map(Finder::new).collect()
}

impl Signs {
    /// Whether one of the words is in the text.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|word| word.find(text.as_bytes()).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_count_header_is_seen_in_any_case_and_nothing_else() {
        for (text, expected) in [
            (r#"{"x-amzn-bedrock-input-token-count":"1"}"#, true),
            (r#"{"X-Amzn-Bedrock-Input-Token-Count":"1"}"#, true),
            (r#"{"X-AMZN-BEDROCK-INPUT-TOKEN-COUNT":"1"}"#, true),
            (r#"{"x-AMZN-bedrock-input-tOKEN-cOUNT":"1"}"#, true),
            (r#"token-count""#, true),
            (r#"{"token-counts":"1"}"#, false),
            (r#"{"note":"token-count of it"}"#, false),
            ("oken-count\"", false),
            ("token-coun", false),
            ("k", false),
            ("kKkékK", false),
            ("", false),
        ] {
            assert_eq!(has_token_counts(text), expected, "{text}");
        }
    }
}
