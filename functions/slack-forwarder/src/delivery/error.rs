//! Errors of a delivery.

use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::alarm::State;

use super::attempts::Refusal;
use crate::sinks::NotASecret;

/// The reason why a message was not sent to a sink.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The parameter with the secret is missing, empty or forbidden: an operator must act.
    #[error(
        "the {sink} has no secret: put it there with `aws ssm put-parameter --type SecureString --overwrite --name {parameter} --value <its URL, token or key>`"
    )]
    NoSecret {
        /// The sink.
        sink: Sink,
        /// The parameter's.
        parameter: String,
        /// Parameter Store's error.
        #[source]
        source: Fault,
    },
    /// Parameter Store did not answer: it may next time.
    #[error(
        "the secret of the {sink} could not be read from the parameter {parameter}; it is tried again"
    )]
    Unreadable {
        /// The sink.
        sink: Sink,
        /// The parameter's.
        parameter: String,
        /// The cause.
        #[source]
        source: Fault,
    },
    /// The parameter holds something else.
    #[error("the {sink} cannot use what it finds: correct the parameter {parameter}")]
    NotASecret {
        /// The sink.
        sink: Sink,
        /// The parameter's.
        parameter: String,
        /// The kind of the wrong value, without the value.
        #[source]
        source: NotASecret,
    },
    /// The service did not take it.
    #[error("the {sink} did not take the message")]
    Refused {
        /// The sink.
        sink: Sink,
        /// The sink's response.
        #[source]
        source: Refusal,
    },
    /// The e-mail topic did not take it.
    #[error("the {sink} did not take the message")]
    Unpublished {
        /// The sink.
        sink: Sink,
        /// The error of SNS.
        #[source]
        source: Fault,
    },
    /// Another change of the alarm was being sent all the time.
    #[error("another change of the alarm is being sent to the {sink}; it is tried again")]
    Busy {
        /// The sink.
        sink: Sink,
    },
    /// CloudWatch contradicts an OK.
    #[error(
        "CloudWatch has the alarm in {}, and had before this OK, which ends nothing; it is tried again", state.as_str()
    )]
    Contradicted {
        /// The state that CloudWatch has it in.
        state: State,
    },
    /// An OK is of a time to come.
    #[error("the OK is of a time to come, and CloudWatch does not know it; it is tried again")]
    EarlyOk,
    /// CloudWatch did not say what state an alarm is in.
    #[error(
        "the alarm could not be read from CloudWatch, and its OK ends nothing until then; it is tried again"
    )]
    Unconfirmed,
    /// The table did not give the digest's notes.
    #[error("the notes for the digest of {date} could not be read; it is tried again")]
    NoNotes {
        /// The day.
        date: jiff::civil::Date,
        /// The cause.
        #[source]
        source: Fault,
    },
    /// CloudWatch did not give the metrics of a health check.
    #[error("the metrics of the health check of {workload} could not be read; it is tried again")]
    NoMetrics {
        /// The workload.
        workload: String,
        /// The cause.
        #[source]
        source: Fault,
    },
    /// A silence holds an alarm back, and the table did not keep it.
    #[error(
        "the alarm is silenced, and could not be kept for the end of the silence; it is tried again"
    )]
    NotKept {
        /// The cause.
        #[source]
        source: Fault,
    },
    /// The table did not give the alarms that silences hold back.
    #[error(
        "the alarms that are silenced could not be read; it is tried again with the next minute"
    )]
    NoSilenced {
        /// The cause.
        #[source]
        source: Fault,
    },
    /// The table did not give the bundles.
    #[error("the bundles could not be read; it is tried again with the next minute")]
    NoBundles {
        /// The cause.
        #[source]
        source: Fault,
    },
    /// The invocation was nearly over when the message's turn came.
    #[error("there was no time left to begin with it; it is tried again")]
    NotBegun,
    /// The invocation was over before its turn came.
    #[error("there was no time left to post to the {sink}; it is tried again")]
    NoTime {
        /// The sink.
        sink: Sink,
    },
}

impl SendError {
    pub(crate) fn parameter(sink: &Sink, parameter: String, source: Fault) -> Self {
        let sink = sink.clone();
        if source.is_transient() {
            Self::Unreadable {
                sink,
                parameter,
                source,
            }
        } else {
            Self::NoSecret {
                sink,
                parameter,
                source,
            }
        }
    }
}
