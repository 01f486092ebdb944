//! Fleet messages: messages between Picket's functions, over SNS and the stream.
//!
//! Each is JSON with `"picket": {"kind": …, "version": 1}`. Any other message is not Picket's.

mod ceiling;
mod cost;
mod health;
mod heartbeat;
mod remediation;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::header::{Header, VERSION};

pub use ceiling::{Ceiling, ReachedCeiling, SeriesCeiling};
pub use cost::{
    AbsentService, AccountCost, AgentBudget, AgentCost, AgentShare, AiCost, AiDayCost, Appearance,
    AwsAnomaly, AwsBudget, BedrockCost, BudgetKind, BudgetStatus, Cause, Charges, Comparison,
    CostAnalysis, CostAnomaly, CostReport, Credits, DayCost, FirstSeen, INCOMPLETE, IncidentCost,
    IncidentCosts, ModelCost, MonthCost, MonthForecast, Mover, Restated, ServiceCost, Untagged,
    UsualCost, WeekCost,
};
pub use health::{HealthCheck, HealthReport, HealthStatus};
pub use heartbeat::Heartbeat;
pub use remediation::{Outcome, RemediationMessage};

/// A fleet message.
#[derive(Debug, Clone, PartialEq)]
pub enum FleetMessage {
    /// The cost of a day.
    CostReport(Box<CostReport>),
    /// The remediator's plan for an alarm, its result, or its refusal.
    Remediation(Box<RemediationMessage>),
    /// Metrics that reached their limit of series.
    SeriesCeiling(SeriesCeiling),
    /// The daily health check of a workload.
    HealthReport(Box<HealthReport>),
    /// The synthetic record that passes through the whole pipeline, once a minute.
    Heartbeat(Heartbeat),
}

/// The reason why a fleet message cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// Written by a newer Picket: a transient error.
    #[error("the fleet message {kind:?} has version {version}, and this build reads up to {}: finish the deployment", VERSION + 1)]
    Version {
        /// Its kind.
        kind: String,
        /// Its version.
        version: u32,
    },
    /// A kind this build does not know.
    #[error("the fleet message has the unknown kind {0:?}")]
    Kind(String),
    /// A message with a valid header and invalid fields.
    #[error("the fleet message {kind:?} cannot be read")]
    Fields {
        /// Its kind.
        kind: String,
        /// The problem.
        #[source]
        source: serde_json::Error,
    },
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    picket: Header,
    #[serde(flatten)]
    body: &'a T,
}

impl FleetMessage {
    /// Reads a message; `None` where it is not a fleet message.
    pub fn read(value: &Value) -> Option<Result<Self, FleetError>> {
        let header = Header::deserialize(value.get("picket")?).ok()?;
        Some(Self::read_body(header, value))
    }

    fn read_body(header: Header, value: &Value) -> Result<Self, FleetError> {
        let Header { kind, version } = header;
        if version > VERSION + 1 {
            return Err(FleetError::Version { kind, version });
        }
        match kind.as_str() {
            "cost-report" => fields(kind, value).map(|report| Self::CostReport(Box::new(report))),
            "remediation" => {
                fields(kind, value).map(|message| Self::Remediation(Box::new(message)))
            }
            "series-ceiling" => fields(kind, value).map(Self::SeriesCeiling),
            "health-report" => {
                fields(kind, value).map(|report| Self::HealthReport(Box::new(report)))
            }
            "heartbeat" => fields(kind, value).map(Self::Heartbeat),
            _ => Err(FleetError::Kind(kind)),
        }
    }

    /// The kind, as in the header and in routes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CostReport(_) => "cost-report",
            Self::Remediation(_) => "remediation",
            Self::SeriesCeiling(_) => "series-ceiling",
            Self::HealthReport(_) => "health-report",
            Self::Heartbeat(_) => "heartbeat",
        }
    }

    /// The message as JSON.
    pub fn to_json(&self) -> String {
        match self {
            Self::CostReport(report) => self.envelope(report.as_ref()),
            Self::Remediation(message) => self.envelope(message.as_ref()),
            Self::SeriesCeiling(ceiling) => self.envelope(ceiling),
            Self::HealthReport(report) => self.envelope(report.as_ref()),
            Self::Heartbeat(heartbeat) => self.envelope(heartbeat),
        }
    }

    fn envelope(&self, body: &impl Serialize) -> String {
        let picket = Header::new(self.kind());
        serde_json::to_string(&Envelope { picket, body })
            .expect("a message is strings, numbers and lists: always JSON")
    }
}

fn fields<T: DeserializeOwned>(kind: String, value: &Value) -> Result<T, FleetError> {
    T::deserialize(value).map_err(|source| FleetError::Fields { kind, source })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_comes_back_as_it_went() {
        let heartbeat = Heartbeat {
            stack: "picket-dev".into(),
            sent_at: "2026-11-20T06:00:00Z".parse().unwrap(),
        };
        let message = FleetMessage::Heartbeat(heartbeat);
        let value: Value = serde_json::from_str(&message.to_json()).unwrap();
        assert_eq!(value["picket"], json!({"kind": "heartbeat", "version": 1}));
        assert_eq!(FleetMessage::read(&value).unwrap().unwrap(), message);
    }

    #[test]
    fn a_message_without_our_header_is_not_a_fleet_message() {
        for value in [
            json!({}),
            json!(null),
            json!("picket"),
            json!({"picket": true}),
            json!({"picket": {"kind": "x"}}),
        ] {
            assert!(FleetMessage::read(&value).is_none(), "{value}");
        }
    }

    #[test]
    fn an_unknown_kind_or_version_is_an_error() {
        let read = |kind: &str, version: u32| {
            FleetMessage::read(&json!({"picket": {"kind": kind, "version": version}})).unwrap()
        };
        assert!(matches!(read("parade", 1), Err(FleetError::Kind(_))));
        assert!(matches!(
            read("heartbeat", 3),
            Err(FleetError::Version { version: 3, .. })
        ));
        assert!(matches!(
            read("heartbeat", 1),
            Err(FleetError::Fields { .. })
        ));
    }
}
