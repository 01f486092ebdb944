//! What went wrong with an AWS call, by what the caller does about it.

mod delivery;
#[cfg(test)]
mod tests;

use std::{error::Error, fmt};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

pub use delivery::never_left;

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Throttled, timed out, unreachable, or AWS's own error: the same call may work later.
    Transient,
    /// A permanent error: the call fails until a person changes something.
    Permanent,
}

/// A call that failed: what happened, to what, and what to do. `Display` leaves the source to the reporter.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct Fault {
    kind: FaultKind,
    sentence: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The resource of a call, which its errors name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    what: &'static str,
    name: String,
    remedy: &'static str,
}

/// The codes of AWS's services for "there is no such thing".
const ABSENT: &[&str] = &[
    "ResourceNotFoundException",
    "ParameterNotFound",
    "NoSuchBucket",
    "NoSuchKey",
    "NotFound",
    "NotFoundException",
];
/// … for "you may not". KMS's own is passed on by the service that called it.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
    "KMSAccessDeniedException",
    "KMSAccessDenied",
];
/// … for "not now": throttling, conflicts between transactions, AWS's own errors that come as 4xx, and credentials that
/// ran out, which the execution environment replaces.
const TRANSIENT: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "Throttled",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "KMSThrottlingException",
    "SlowDown",
    "RequestTimeout",
    "RequestTimeoutException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "InternalServerError",
    "InternalFailure",
    "InternalError",
    "ServiceUnavailable",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
];

impl Resource {
    /// A resource: what it is ("chain table"), its name, and what to do where it does not exist
    /// ("deploy the stack or correct `CHAIN_TABLE`").
    pub fn new(what: &'static str, name: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            what,
            name: name.into(),
            remedy,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.name)
    }
}

impl Fault {
    /// A fault that may pass.
    pub fn transient(sentence: impl Into<String>) -> Self {
        Self::plain(FaultKind::Transient, sentence.into())
    }

    /// A fault that stays until a person acts.
    pub fn permanent(sentence: impl Into<String>) -> Self {
        Self::plain(FaultKind::Permanent, sentence.into())
    }

    fn plain(kind: FaultKind, sentence: String) -> Self {
        Self {
            kind,
            sentence,
            source: None,
        }
    }

    /// The same, with its cause.
    #[must_use]
    pub fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }

    /// Creates the fault of an SDK error for `resource`. `verb` is the attempted action: "read", "write to", "publish
    /// to".
    pub fn of<E>(resource: &Resource, verb: &str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let reached = !matches!(
            error,
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_)
        );
        let refused = matches!(error, SdkError::ConstructionFailure(_));
        Self::classify(resource, verb, code.as_deref(), status, reached, refused).because(error)
    }

    fn classify(
        resource: &Resource,
        verb: &str,
        code: Option<&str>,
        status: Option<u16>,
        reached: bool,
        refused: bool,
    ) -> Self {
        let said = code.unwrap_or("no code");
        let is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
        if !reached {
            return Self::transient(format!(
                "could not {verb} the {resource}: it did not answer"
            ));
        }
        if is(ABSENT) {
            return Self::permanent(format!(
                "the {resource} does not exist; {}",
                resource.remedy
            ));
        }
        if is(DENIED) {
            return Self::permanent(format!(
                "this function may not {verb} the {resource}; allow it in the function's role"
            ));
        }
        if is(TRANSIENT) || status.is_some_and(|status| status >= 500 || status == 429) {
            return Self::transient(format!(
                "could not {verb} the {resource} now ({said}); it is tried again"
            ));
        }
        let what = if refused {
            "the request could not be made"
        } else {
            "AWS refused the request"
        };
        Self::permanent(format!("could not {verb} the {resource}: {what} ({said})"))
    }

    /// Whether trying again can help.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether the same call may work later.
    pub fn is_transient(&self) -> bool {
        self.kind == FaultKind::Transient
    }
}
