//! What each workload has that costs by the month. A test of the templates holds alarms and dashboards equal.

use serde::Serialize;

use super::prices::{ALARM, COMPOSITE_ALARM};
use rust_decimal::Decimal;

/// A workload that a stack parameter switches on.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Workload {
    /// Its folder.
    pub name: &'static str,
    /// The namespaces that its rules publish to, each a request of `PutMetricData` a minute.
    #[serde(skip)]
    pub namespaces: u32,
    /// The metrics that its alarms watch where every parameter is set, of which an anomaly band is three.
    #[serde(skip)]
    pub watched: u32,
    /// Its composite alarms.
    #[serde(skip)]
    pub composites: u32,
    /// Its dashboards.
    #[serde(skip)]
    pub dashboards: u32,
    /// Its series.
    #[serde(skip)]
    pub series: Series,
}

/// The series of a workload.
#[derive(Debug, Clone, Copy)]
pub enum Series {
    /// By agents, models and error codes: `bedrock-usage`.
    ByAgents,
    /// The number in the section "Cost" of its runbook.
    Fixed(u32),
}

/// What every stack has: `workloads/picket`.
pub struct Own;

impl Own {
    /// Series of the namespace `Picket`, at most.
    pub const SERIES: u32 = 25;
    /// Metrics that the alarms of `workloads/picket` watch, with every parameter set.
    pub const WATCHED: u32 = 39;
    /// Its composite alarm.
    pub const COMPOSITES: u32 = 1;
    /// Its dashboard.
    pub const DASHBOARDS: u32 = 1;
    /// The namespace `Picket`, and a request for the publisher's own metrics.
    pub(super) const REQUESTS: u32 = 2;

    /// Dollars a month of its alarms, with every parameter set.
    pub fn alarms() -> Decimal {
        alarms(Self::WATCHED, Self::COMPOSITES)
    }
}

/// The workloads, by name.
pub const WORKLOADS: [Workload; 5] = [
    Workload {
        name: "bedrock-usage",
        namespaces: 1,
        watched: 17,
        composites: 2,
        dashboards: 2,
        series: Series::ByAgents,
    },
    Workload {
        name: "inquiry-pipeline",
        namespaces: 1,
        watched: 21,
        composites: 1,
        dashboards: 2,
        // 136 of events with five routes, three models and six categories, and three of probes.
        series: Series::Fixed(139),
    },
    Workload {
        name: "scheduling-agent",
        namespaces: 1,
        watched: 34,
        composites: 2,
        dashboards: 1,
        // Of events and lines; each value of channel, outcome or tool is a series more.
        series: Series::Fixed(10),
    },
    Workload {
        name: "user-journey",
        namespaces: 1,
        watched: 64,
        composites: 2,
        dashboards: 4,
        // With five types of events and three services.
        series: Series::Fixed(29),
    },
    Workload {
        name: "web-api",
        namespaces: 2,
        watched: 50,
        composites: 1,
        dashboards: 4,
        // With ten endpoints, four features and one model.
        series: Series::Fixed(20),
    },
];

/// Dollars of so many metrics that alarms watch, and so many composite alarms.
pub(super) fn alarms(watched: u32, composites: u32) -> Decimal {
    Decimal::from(watched) * ALARM + Decimal::from(composites) * COMPOSITE_ALARM
}

impl Workload {
    /// A workload, by its folder.
    pub fn named(name: &str) -> Option<&'static Self> {
        WORKLOADS.iter().find(|workload| workload.name == name)
    }

    /// Dollars a month of its alarms, with every parameter set.
    pub fn alarms(&self) -> Decimal {
        alarms(self.watched, self.composites)
    }
}
