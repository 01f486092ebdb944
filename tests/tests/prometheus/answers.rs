//! Every query of every Grafana panel answers: on a real Prometheus with the rules, with the series of the workload's
//! sample events, and with made series of the exporters that only a cluster has.

use std::{collections::BTreeMap, time::Duration};

use metrics_publisher::remote_write::{Label, Sample, TimeSeries, WriteRequest};
use picket_line::topics::Topics;
use picket_shared::clock::{Clock, SystemClock};

use crate::{
    dashboards::queries,
    files::{folders, metrics, text},
    servers::Servers,
    traffic::{MINUTE, Traffic, samples},
};

/// Longer than all rules take, which are evaluated each second and rest on each other.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL_EVERY: Duration = Duration::from_millis(500);
/// As long as may be: Prometheus takes nothing that is an hour older than its newest sample, and the results of its
/// rules are of now.
const MINUTES: i64 = 58;

/// Series of the application that no event makes, of exporters, and what they grow by in a minute; a gauge by nothing.
/// Labels: <https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics>,
/// <https://istio.io/latest/docs/reference/config/metrics/>,
/// <https://argo-cd.readthedocs.io/en/stable/operator-manual/metrics/>.
const MADE: &str = r#"
up{job="inquiry-pipeline", instance="api:8000"} 0
up{job="istiod", instance="istiod:15014"} 0
system_health_status{job="inquiry-pipeline", instance="api:8000"} 0
db_connections_active{job="inquiry-pipeline", instance="api:8000"} 0
db_query_duration_seconds_bucket{job="inquiry-pipeline", le="0.1"} 5
db_query_duration_seconds_bucket{job="inquiry-pipeline", le="+Inf"} 9
model_version_info{job="inquiry-pipeline", model_name="category", version="7"} 0
node_cpu_seconds_total{instance="n1:9100", cpu="0", mode="idle"} 30
node_memory_MemAvailable_bytes{instance="n1:9100"} 0
node_memory_MemTotal_bytes{instance="n1:9100"} 0
node_filesystem_avail_bytes{instance="n1:9100", mountpoint="/", fstype="ext4"} 0
node_filesystem_size_bytes{instance="n1:9100", mountpoint="/", fstype="ext4"} 0
container_cpu_usage_seconds_total{namespace="inquiries-system", pod="api-1", container="api"} 20
container_memory_working_set_bytes{namespace="inquiries-system", pod="api-1", container="api"} 0
container_spec_memory_limit_bytes{namespace="inquiries-system", pod="api-1", container="api"} 0
container_cpu_usage_seconds_total{container_label_com_docker_compose_service="api"} 20
container_memory_working_set_bytes{container_label_com_docker_compose_service="api"} 0
container_network_receive_bytes_total{namespace="inquiries-system", pod="api-1"} 900
container_network_transmit_bytes_total{namespace="inquiries-system", pod="api-1"} 900
kubelet_volume_stats_used_bytes{namespace="inquiries-system", persistentvolumeclaim="db"} 0
kubelet_volume_stats_capacity_bytes{namespace="inquiries-system", persistentvolumeclaim="db"} 0
kube_pod_container_status_restarts_total{namespace="inquiries-system", pod="api-1", container="api"} 1
kube_pod_status_phase{namespace="inquiries-system", pod="api-1", phase="Running"} 0
kube_deployment_status_replicas_available{namespace="inquiries-system", deployment="api"} 0
kube_deployment_spec_replicas{namespace="inquiries-system", deployment="api"} 0
argocd_app_info{name="inquiries-automation", sync_status="Synced", health_status="Healthy"} 0
argocd_app_sync_total{name="inquiries-automation", phase="Succeeded"} 1
istio_requests_total{reporter="destination", response_code="200", source_workload="web", destination_app="api", destination_service_name="api", destination_workload_namespace="inquiries-system"} 60
istio_request_duration_milliseconds_bucket{reporter="destination", destination_service_name="api", le="100"} 50
istio_request_duration_milliseconds_bucket{reporter="destination", destination_service_name="api", le="+Inf"} 60
"#;

/// A line of [`MADE`]: labels, the name among them, and the growth.
fn made(line: &str) -> (Vec<Label>, f64) {
    let (series, growth) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap();
    let labels = labels.trim_end_matches('}').split(", ");
    let mut pairs = BTreeMap::from([("__name__", name)]);
    pairs.extend(labels.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name, value.trim_matches('"'))
    }));
    let label = |(name, value): (&str, &str)| Label {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    (
        pairs.into_iter().map(label).collect(),
        growth.parse().unwrap(),
    )
}

/// The body of a request with the made series, so many minutes before `now`.
fn exporters(now: i64, minute: i64) -> Vec<u8> {
    let series = |(labels, growth): (Vec<Label>, f64)| {
        let sample = Sample {
            // A gauge of 1: something healthy.
            value: 1.0 + growth * f64::from(i32::try_from(MINUTES - minute).unwrap()),
            timestamp: now - minute * MINUTE,
        };
        TimeSeries {
            labels,
            samples: vec![sample],
        }
    };
    let lines = MADE.lines().filter(|line| !line.is_empty());
    let request = WriteRequest {
        timeseries: lines.map(made).map(series).collect(),
    };
    request.to_bytes()
}

/// The query with a value for each variable, as Grafana puts it in.
fn substituted(query: &str) -> String {
    let query = query.replace("$__rate_interval", "5m");
    assert!(!query.contains('$'), "another variable: {query}");
    query
}

#[tokio::test]
async fn every_query_of_every_panel_answers() {
    let topics = Topics::start().await.unwrap();
    for folder in folders() {
        let Some(servers) = Servers::start(&folder, topics.address()).await else {
            return;
        };
        let workload = folder.split('/').nth(1).unwrap();
        let prometheus = servers.prometheus.queries();
        let now = SystemClock.now().as_millisecond();
        let (mut traffic, events) = (Traffic::default(), samples(workload));
        // Minute by minute, the oldest first.
        for minute in (0..MINUTES).rev() {
            for body in traffic.commit(events.clone(), now - minute * MINUTE) {
                prometheus.write(body).await.unwrap();
            }
            prometheus.write(exporters(now, minute)).await.unwrap();
        }

        let mut open: Vec<String> = queries(&folder)
            .iter()
            .map(|query| substituted(query))
            .collect();
        assert!(open.len() > 40, "{} queries", open.len());
        let until = SystemClock.now() + PATIENCE;
        while !open.is_empty() {
            assert!(SystemClock.now() < until, "these have no result: {open:#?}");
            let mut silent = Vec::new();
            for query in open {
                if prometheus.query(&query).await.unwrap().is_empty() {
                    silent.push(query);
                }
            }
            open = silent;
            SystemClock.sleep(POLL_EVERY).await;
        }
        // A number of each: 1 of 3 requests fails in the samples, and 1 of 3 inquiries is escalated, "True" is none.
        for (query, expected) in [
            ("job:http_request_errors:ratio_rate5m", 1.0 / 3.0),
            ("job:routing_escalations:ratio_rate1h", 1.0 / 3.0),
            (
                r#"model:model_accuracy_score:avg{model_name="category"}"#,
                0.5,
            ),
            ("job:inquiry_priority_score:mean1h", 7.5),
            (
                "job:inquiry_processing_efficiency:within_sla_ratio_rate1h",
                1.0,
            ),
        ] {
            let found = prometheus.number(query).await.unwrap();
            assert!((found - expected).abs() < 1e-6, "{query} is {found}");
        }
    }
}

#[test]
fn every_made_series_is_of_a_metric_that_the_documents_list() {
    let readme = text("workloads/inquiry-pipeline/prometheus/README.md");
    for line in MADE.lines().filter(|line| !line.is_empty()) {
        let (labels, _) = made(line);
        for name in metrics(&labels[0].value) {
            assert!(crate::alerts::is_listed(&readme, &name), "{name}");
        }
    }
}
