//! Cost Explorer's answers to `GetAnomalies`.

use rust_decimal::Decimal;
use serde::Deserialize;

/// A page of anomalies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnomalyPage {
    /// The anomalies.
    pub anomalies: Vec<Anomaly>,
    /// Set where there is a further page.
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// An anomaly that AWS found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Anomaly {
    /// AWS's id of it.
    pub anomaly_id: String,
    /// Its period.
    #[serde(flatten)]
    pub period: AnomalyPeriod,
    /// The value of the monitor's dimension, such as a service.
    #[serde(default)]
    pub dimension_value: Option<String>,
    /// Root causes.
    #[serde(default)]
    pub root_causes: Vec<RootCause>,
    /// The impact.
    pub impact: AnomalyImpact,
}

/// The period of an anomaly.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnomalyPeriod {
    /// The first day.
    #[serde(default)]
    pub anomaly_start_date: Option<String>,
    /// The last day so far.
    #[serde(default)]
    pub anomaly_end_date: Option<String>,
}

/// The impact of an anomaly. AWS writes the percentage only where the expected spend is not 0; nothing here needs it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnomalyImpact {
    /// Dollars above what was expected.
    pub total_impact: Decimal,
}

/// A combination of dimensions behind an anomaly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCause {
    /// Service.
    #[serde(default)]
    pub service: Option<String>,
    /// Region.
    #[serde(default)]
    pub region: Option<String>,
    /// Account.
    #[serde(default)]
    pub linked_account: Option<String>,
    /// Usage type.
    #[serde(default)]
    pub usage_type: Option<String>,
    /// Its part.
    #[serde(default)]
    pub impact: Option<RootCauseImpact>,
}

/// The part of a root cause.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootCauseImpact {
    /// Dollars.
    pub contribution: Decimal,
}
