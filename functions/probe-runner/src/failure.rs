//! The failure of a probe.

use std::{error::Error, fmt};

use picket_aws::Fault;

/// The reason of a failure: the value of the dimension `Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No answer within the probe's time.
    Timeout,
    /// No connection: no such name, refused, or closed before it answered.
    Unreachable,
    /// The server's certificate expired, is of another host, or is not signed by a trusted root.
    Certificate,
    /// A redirect to a host that the probe must not follow, or too many redirects.
    Redirect,
    /// An HTTP status that is not expected.
    Status,
    /// The expected text is not in the answer.
    Body,
    /// The target is throttling or unavailable.
    Unavailable,
    /// The target refused the request: credentials, permissions, or the request itself.
    Refused,
    /// The answer does not contain what the probe reads.
    Answer,
    /// The probe's own configuration or secret is missing or invalid.
    Setup,
}

impl Reason {
    /// The dimension's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "Timeout",
            Self::Unreachable => "Unreachable",
            Self::Certificate => "Certificate",
            Self::Redirect => "Redirect",
            Self::Status => "Status",
            Self::Body => "Body",
            Self::Unavailable => "Unavailable",
            Self::Refused => "Refused",
            Self::Answer => "Answer",
            Self::Setup => "Setup",
        }
    }

    /// Whether the failure means that the target is not available. A wrong password or statement does not: then
    /// availability is missing rather than 0.
    pub const fn is_outage(self) -> bool {
        match self {
            Self::Timeout
            | Self::Unreachable
            | Self::Certificate
            | Self::Redirect
            | Self::Status
            | Self::Body
            | Self::Unavailable => true,
            Self::Refused | Self::Answer | Self::Setup => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure of a probe. `Display` leaves out the source.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct Failure {
    /// The reason.
    pub reason: Reason,
    sentence: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Creates a failure from a reason and a message.
    pub fn new(reason: Reason, sentence: impl Into<String>) -> Self {
        Self {
            reason,
            sentence: sentence.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }

    /// Creates a failure from the error of an AWS call that was the probe's request.
    pub fn of_request(fault: Fault) -> Self {
        let reason = if fault.is_transient() {
            Reason::Unavailable
        } else {
            Reason::Refused
        };
        Self::new(reason, "the table did not answer the request").because(fault)
    }

    /// Creates a failure from the error of an AWS call that prepared the request.
    pub fn of_setup(what: &str, fault: Fault) -> Self {
        Self::new(Reason::Setup, what).because(fault)
    }
}
