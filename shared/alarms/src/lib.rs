//! CloudWatch's alarm semantics, for the command line, the tests and the local line. No AWS, no clock.
//!
//! A [`Definition`] is read from an alarm's properties as CloudFormation and `DescribeAlarms` spell them. It determines
//! which metrics it needs ([`Definition::inputs`]) and when ([`Window::of`]); [`Definition::series`] works out what the
//! alarm evaluates, and [`evaluate`] the result that CloudWatch would give. [`payload::sns_message`] is what CloudWatch
//! would then publish to a topic.
//!
//! ```
//! use picket_alarms::{Datapoint, Definition, Evaluation, Window, evaluate};
//! use picket_shared::alarm::State;
//!
//! let definition = Definition::from_properties(&serde_json::json!({
//!     "AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
//!     "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold",
//! }))?;
//! let now = "2026-11-20T22:01:10Z".parse()?;
//! let window = Window::of(&definition, now);
//! let datapoint = Datapoint { at: window.newest(), value: 3.0, samples: None };
//! let Evaluation { state, .. } = evaluate(&definition, State::Ok, &[datapoint], now);
//! assert_eq!(state, State::Alarm);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is not here: anomaly bands, Metrics Insights queries, high-resolution periods' evaluation range, and the
//! functions of metric math beyond those that [`expression`] names. Each is refused with its name when a definition is
//! read.

pub mod cases;
pub mod composite;
mod definition;
mod evaluation;
mod evidence;
pub mod expression;
pub mod payload;
mod properties;
mod reason;
mod statistic;
pub mod template;
mod window;

pub use definition::{Comparison, Definition, Input, InvalidDefinition, MissingData};
pub use evaluation::{Evaluation, evaluate};
pub use statistic::{InvalidStatistic, Sample, Statistic};
pub use window::{Datapoint, Window};
