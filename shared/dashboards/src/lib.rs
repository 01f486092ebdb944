//! Dashboards of workloads: `workloads/<name>/dashboards/*.yaml`, the body that CloudWatch takes, and its place in the
//! workload's template.
//!
//! A [`source::Dashboard`] says what is shown; [`body::body`] lays it out and takes thresholds, statistics and periods
//! from the alarms of the same template, so that a line cannot differ from its alarm. [`section::write`] puts the body
//! between two comments of the template. [`validate::problems`] holds any body to AWS's description of it.
//!
//! Values that differ by stack are `${Parameter}`, as in `Fn::Sub`.

pub mod body;
pub mod grafana;
pub mod section;
pub mod source;
pub mod validate;

mod error;
mod pretty;

pub use body::{Body, body};
pub use error::InvalidDashboard;
pub use source::Dashboard;
