//! What every Picket function shares, without an SDK.
//!
//! - how a function starts and reports: [`mod@env`], [`clock`], [`deadline`], [`report`], [`telemetry`], and dies where
//!   a test asks, [`fault_points`];
//! - totals: [`position`], [`series`], [`defaults`], [`sketch`], [`statistics`], [`usage`], and the [`chain`]
//!   that holds it; [`replay`] of quarantined records;
//! - messages: [`alarm`], [`fleet`], its [`header`], the limits of [`sns`], and how [`money`] is written.

pub mod alarm;
pub mod blob;
pub mod chain;
pub mod clock;
pub mod deadline;
pub mod defaults;
pub mod env;
pub mod fault_points;
pub mod fleet;
pub mod header;
pub mod money;
pub mod position;
pub mod replay;
pub mod report;
pub mod series;
pub mod sketch;
pub mod sns;
pub mod statistics;
pub mod telemetry;
pub mod usage;

pub use picket_rules::severity::Severity;
