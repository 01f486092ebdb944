//! Why a text is not the value it should be.

/// A sentence for the person who wrote the text: what is wrong with it, and what would be right.
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
