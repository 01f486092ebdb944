//! The facts about a service that may need more tasks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use crate::{
    actions::{
        series::most,
        service::{Name, ReadPorts, Service, name},
        window::{WINDOW_MINUTES, before},
    },
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadTags},
};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The service as ECS has it.
    pub service: Service,
    /// Its busiest minute of the last [`WINDOW_MINUTES`].
    pub utilization: Utilization,
    /// Whether Application Auto Scaling manages its tasks.
    pub auto_scaled: bool,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// The average over the tasks in the busiest minute, in percent of what they reserve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Utilization {
    /// Of the CPU.
    pub cpu: u64,
    /// Of the memory.
    pub memory: u64,
}

/// Reads the facts; `None` where the service does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadPorts + ReadTags + ReadMetrics + ReadAudit),
    now: Timestamp,
) -> Result<Option<BusyFacts>, Fault> {
    let name = name(&candidate.target);
    let Name { cluster, service } = name;
    let Some(found) = ports.service(cluster, service).await? else {
        return Ok(None);
    };
    let arn = home.arn("ecs", &format!("service/{cluster}/{service}"));
    let queries = queries(name);
    let from = before(now, WINDOW_MINUTES);
    let (tags, auto_scaled, values, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.service_is_scaled(cluster, service),
        ports.metrics(&queries, from, now),
        last_changed(candidate, ports, now),
    )?;
    let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
    Ok(Some(BusyFacts {
        tags,
        service: found,
        utilization: Utilization {
            cpu: most(of(0)),
            memory: most(of(1)),
        },
        auto_scaled,
        last_changed,
    }))
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>.
fn queries(name: Name<'_>) -> [MetricQuery; 2] {
    ["CPUUtilization", "MemoryUtilization"].map(|metric| MetricQuery {
        namespace: "AWS/ECS",
        name: metric,
        dimensions: vec![
            ("ClusterName", name.cluster.to_owned()),
            ("ServiceName", name.service.to_owned()),
        ],
        statistic: "Average",
    })
}
