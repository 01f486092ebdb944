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
//! let Evaluation { state, .. } = evaluate(&definition, State::Ok, &vec![datapoint].into(), now);
//! assert_eq!(state, State::Alarm);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Alarm`] runs an alarm over time: warm-up, late data, contributors of Metrics Insights queries, and actions on
//! changes of state, unless a rule mutes them ([`mute`]). [`composite::Composite`] does the same for composite alarms with suppressors.
//!
//! [`backtest`] runs alarms over recorded answers of `GetMetricData`; [`inventory`] lists the alarms of templates and of answers of `DescribeAlarms`.
//!
//! A property that is not understood is refused by its name. Alarms on `PromQL` and logs are not evaluated. What AWS does
//! not publish is an assumption: [`Assumptions`]; docs/alarms.md lists them.

mod alarm;
mod assumptions;
mod attributes;
pub mod backtest;
pub mod cases;
pub mod composite;
mod definition;
mod evaluation;
mod evidence;
pub mod expression;
pub mod findings;
pub mod insights;
pub mod inventory;
pub mod mute;
pub mod payload;
pub mod price;
mod properties;
mod reason;
mod statistic;
pub mod template;
mod window;

pub use alarm::{Alarm, Notification, Outcome, Puts};
pub use assumptions::{Assumption, Assumptions};
pub use definition::{
    Bounds, Comparison, Definition, Input, Inputs, InvalidDefinition, MissingData, Threshold,
    WarmUp, Watched,
};
pub use evaluation::{Evaluation, evaluate, evaluate_within};
pub use statistic::{Edge, InvalidStatistic, Range, Sample, Statistic, Trim};
pub use window::{Alignment, Datapoint, InvalidTimezone, Window};
