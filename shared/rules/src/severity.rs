//! Severities of alerts.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::Invalid;

/// A severity: that of the topic an alert was published to, unless a route changes it.
///
/// Its name in lower case is the word in topics, routes, logs and metrics.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", parse_err_ty = Invalid, parse_err_fn = unknown)]
pub enum Severity {
    /// P3: logged, and in the daily digest.
    Info,
    /// P2: Slack and e-mail.
    Warning,
    /// P1: pages a person.
    Critical,
}

impl Severity {
    /// Returns the severity's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn unknown(text: &str) -> Invalid {
    Invalid(format!(
        "{text:?} is not a severity: critical, warning, info"
    ))
}
