//! Words in a payload's text that ask for more than the rules do. Looking for them is far cheaper than reading the whole.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Words to look for.
#[derive(Debug)]
pub(crate) struct Signs(LazyLock<Vec<Finder<'static>>>);

/// A subscription's envelope.
pub(crate) static ENVELOPE: Signs = Signs(LazyLock::new(|| finders(&["\"logEvents\""])));
/// A request to a model that is not spelled our way, and a message of the fleet.
pub(crate) static WHOLE: Signs = Signs(LazyLock::new(|| {
    finders(&[
        "\"ModelInvocationLog\"",
        "\"inputTokens\"",
        "-token-count\"",
        "-Token-Count\"",
        "\"picket\"",
    ])
}));

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
