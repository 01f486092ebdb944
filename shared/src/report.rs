//! One reporter for errors: the sentence, then each source after a colon.

use std::{error::Error, fmt};

/// Displays an error with the chain of its sources; `Display` of the errors themselves leaves them out.
pub struct ErrorChain<'a>(pub &'a (dyn Error + 'a));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the table did not answer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_chain_is_shown_once_in_order() {
        let error = Outer(std::io::Error::other("connection refused"));
        assert_eq!(
            ErrorChain(&error).to_string(),
            "the table did not answer: connection refused"
        );
    }
}
