//! The daily health check: the metrics of the last 24 hours against the values that the workloads expect of them.
//!
//! The schedule asks for it ([`is_asked`]). What is on in a stack says [`Targets`]; a [`Plan`] has the queries of a
//! workload, and makes a report of their answers.

mod plan;
mod targets;
mod window;

use serde_json::Value;

use crate::message::{Body, Message};

pub use plan::{MetricQuery, Plan, Series, Stack};
pub use targets::Targets;
pub use window::Window;

/// Whether a message is the schedule's demand for the check: `{"picket": {"kind": "health-check", …}}`, and by no topic.
pub fn is_asked(message: &Message) -> bool {
    let Body::Json(value) = &message.body else {
        return false;
    };
    message.topic.is_none()
        && value.pointer("/picket/kind").and_then(Value::as_str) == Some("health-check")
}

#[cfg(test)]
mod tests;
