//! Why a probe has no answer, or not the one it should have.

use std::{error::Error, fmt};

use picket_aws::Fault;

/// Why, in a word: the value of the dimension `Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No answer within the probe's time.
    Timeout,
    /// No connection: no such name, refused, or closed before it answered.
    Unreachable,
    /// The server's certificate ran out, is another host's, or nobody we trust signed it.
    Certificate,
    /// A redirect to a host that the probe may not follow to, or too many of them.
    Redirect,
    /// A status that is not a good one.
    Status,
    /// The text was not in the answer.
    Body,
    /// It answered that it cannot now.
    Unavailable,
    /// It refused the request: credentials, permissions, or what was asked.
    Refused,
    /// It answered, and not with what the probe reads.
    Answer,
    /// Something of ours was missing before anything was asked.
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

    /// Whether it says that what was asked is not available. A wrong password or a wrong statement says nothing of that:
    /// then availability is missing rather than 0.
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

/// A probe that failed: why, and what happened. `Display` leaves the source to the reporter.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct Failure {
    /// In a word.
    pub reason: Reason,
    sentence: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure.
    pub fn new(reason: Reason, sentence: impl Into<String>) -> Self {
        Self {
            reason,
            sentence: sentence.into(),
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

    /// What a call of AWS that was the probe's request came to.
    pub fn of_request(fault: Fault) -> Self {
        let reason = if fault.is_transient() {
            Reason::Unavailable
        } else {
            Reason::Refused
        };
        Self::new(reason, "the table did not answer the request").because(fault)
    }

    /// What a call of AWS that only prepared the request came to.
    pub fn of_setup(what: &str, fault: Fault) -> Self {
        Self::new(Reason::Setup, what).because(fault)
    }
}
