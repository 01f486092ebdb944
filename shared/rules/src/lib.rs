//! What users configure, without an SDK: the filter language, and the formats of metrics, probes, expected values,
//! prices, routes and playbooks.
//!
//! Each format has a `parse(file, text)` that returns the typed, checked configuration or every [`Problem`] with its
//! line and column; [`check`] recognises the formats. Also a build-dependency of the functions, which check their
//! built-in files when they are built ([`build`]).

pub mod build;
pub mod check;
pub mod cloudwatch_limits;
pub mod filter;
mod glob;
pub mod health;
mod invalid;
pub mod metrics;
pub mod outside;
pub mod overrides;
pub mod playbooks;
pub mod prices;
pub mod probes;
mod problem;
pub mod routes;
pub mod severity;
pub mod tokens;
mod yaml;

pub use glob::Glob;
pub use invalid::Invalid;
pub use problem::{Problem, Problems};
pub use yaml::syntax_message;
