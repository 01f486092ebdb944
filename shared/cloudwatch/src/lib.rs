//! Datapoints for CloudWatch, as the metrics publisher and the probe runner publish them.
//!
//! Series are checked against CloudWatch's [`limits`] and become datapoints ([`datum`]), datapoints become as few legal
//! requests as possible ([`pack`]), and requests are sent until all are accepted or one is not ([`put`]). A datapoint
//! that CloudWatch rejects is stored in the quarantine bucket ([`rejected`]). The [`ports`] are implemented by
//! [`client`] and [`quarantine`].

pub mod client;
pub mod datum;
pub mod pack;
pub mod ports;
pub mod put;
pub mod quarantine;
pub mod rejected;

pub use picket_rules::cloudwatch_limits as limits;
pub use picket_shared::series::OWN_NAMESPACE;
