//! Errors of an invocation. With any of them Lambda keeps the batch: nothing is lost.

use lambda_runtime::Diagnostic;
use picket_aws::Fault;
use picket_shared::{chain::ChainId, report::ErrorChain};

use crate::event::ReadError;

/// The reason why an invocation fails. A transient error does not fail it: the response is a partial batch response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An invocation without a body.
    #[error("the invocation has no body; put the RawBody layer around the handler")]
    NoBody,
    /// An event that cannot be read.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// A permanent error.
    #[error(
        "shard {chain} is not being counted; its records stay in the stream until this is mended"
    )]
    Permanent {
        /// The shard's chain.
        chain: ChainId,
        /// The error, and what to do.
        #[source]
        source: Fault,
    },
}

impl Error {
    const fn kind(&self) -> &'static str {
        match self {
            Self::NoBody => "NoBody",
            Self::Event(_) => "UnreadableEvent",
            Self::Permanent { .. } => "Misconfigured",
        }
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self {
            error_type: error.kind().to_owned(),
            error_message: ErrorChain(&error).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagnostic_says_what_and_what_to_do() {
        let error = Error::Permanent {
            chain: ChainId::new("orders", "shardId-0").unwrap(),
            source: Fault::permanent("the chain table chains does not exist; deploy the stack"),
        };
        let diagnostic = Diagnostic::from(error);
        assert_eq!(diagnostic.error_type, "Misconfigured");
        assert_eq!(
            diagnostic.error_message,
            "shard orders/shardId-0 is not being counted; its records stay in the stream until this is mended: \
             the chain table chains does not exist; deploy the stack"
        );
    }
}
