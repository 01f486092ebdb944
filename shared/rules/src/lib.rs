//! What users configure, without an SDK: the filter language, and the formats of metrics, prices, routes and playbooks.
//!
//! Also a build-dependency of the functions, which check their built-in files when they are built.

pub mod severity;
pub mod tokens;
