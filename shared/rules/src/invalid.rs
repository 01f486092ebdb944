//! Why a text is not the value it should be.

use std::time::Duration;

use jiff::SignedDuration;

/// The reason why a text is invalid, and a valid form: a sentence for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub(crate) String);

/// Refuses an empty text and one longer than `longest` characters.
pub(crate) fn sized(text: &str, longest: usize) -> Result<(), Invalid> {
    match text.chars().count() {
        0 => Err(Invalid("it is empty".to_owned())),
        length if length > longest => Err(Invalid(format!(
            "it has {length} characters, and {longest} are allowed"
        ))),
        _ => Ok(()),
    }
}

/// A length of time as people write it (`30m`, `1h 30m`, `PT30M`); `None` for anything else, and for what runs
/// backwards.
pub(crate) fn span(text: &str) -> Option<Duration> {
    let span = text.parse::<SignedDuration>().ok()?;
    Duration::try_from(span).ok()
}
