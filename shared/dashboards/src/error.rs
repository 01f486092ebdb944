//! Why a dashboard cannot be made.

/// The reason why a dashboard cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDashboard {
    /// The source is not understood.
    #[error("{0}")]
    Source(String),
    /// An alarm is not in the template.
    #[error("the alarm {0} is not in the template")]
    NoAlarm(String),
    /// An alarm has a property from which no series can be drawn.
    #[error("the alarm {id}: {reason}")]
    Alarm {
        /// Its logical id.
        id: String,
        /// The reason.
        reason: String,
    },
    /// An alarm may not exist where the dashboard does.
    #[error(
        "the alarm {id} exists under the condition {condition}, which the dashboard does not have"
    )]
    Condition {
        /// Its logical id.
        id: String,
        /// Its condition.
        condition: String,
    },
    /// The dashboard is not in the template.
    #[error("the template has no AWS::CloudWatch::Dashboard {0}")]
    NoResource(String),
    /// A placeholder stands for nothing.
    #[error("${{{0}}} is neither a parameter nor a resource of the template")]
    Placeholder(String),
    /// A widget cannot be made.
    #[error("the widget {widget:?}: {reason}")]
    Widget {
        /// Its title.
        widget: String,
        /// The reason.
        reason: String,
    },
    /// The body is not one that CloudWatch takes.
    #[error("the body: {0}")]
    Body(String),
    /// The comments between which the body goes are not in the template.
    #[error("the template has no lines `{begin}` and `{end}`, in this order and once each")]
    NoSection {
        /// The line before.
        begin: String,
        /// The line after.
        end: String,
    },
}
