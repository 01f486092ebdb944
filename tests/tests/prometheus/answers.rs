//! Every query of every Grafana panel answers: on a real Prometheus with the rules, with the series of the workload's
//! sample events, and with those that its demo scrapes, of exporters that only a cluster has.

use std::{collections::BTreeMap, time::Duration};

use metrics_publisher::remote_write::{Label, Sample, TimeSeries, WriteRequest};
use picket_line::{exporters::Target, topics::Topics};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::{
    dashboards::queries,
    files::{folders, text, yaml},
    servers::Servers,
    traffic::{MINUTE, Traffic, samples},
};

/// Longer than all rules take, which are evaluated each second and rest on each other.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL_EVERY: Duration = Duration::from_millis(500);
/// As long as may be: Prometheus takes nothing that is an hour older than its newest sample, and the results of its
/// rules are of now.
const MINUTES: i64 = 58;

/// The targets of a workload's demo, each with its `up`.
fn targets(folder: &str) -> Vec<Target> {
    let mut demo: Value = yaml(&format!("{folder}/demo.yaml"));
    let mut targets: Vec<Target> = serde_json::from_value(demo["Targets"].take()).unwrap();
    for target in &mut targets {
        let up = serde_json::from_value(json!({"Value": 1})).unwrap();
        target.series.insert("up".to_owned(), up);
    }
    targets
}

/// The labels of a series of a target, its name among them.
fn labels(target: &Target, series: &str) -> Vec<Label> {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let mut pairs = BTreeMap::from([
        ("__name__", name),
        ("job", &target.job),
        ("instance", &target.instance),
    ]);
    let labels = labels.trim_end_matches('}').split(", ");
    pairs.extend(labels.filter(|label| !label.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name, value.trim_matches('"'))
    }));
    let label = |(name, value): (&str, &str)| Label {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    pairs.into_iter().map(label).collect()
}

/// The body of a request with the series of the targets, so many minutes before `now`.
fn exporters(targets: &[Target], now: i64, minute: i64) -> Vec<u8> {
    let minutes = f64::from(i32::try_from(MINUTES - minute).unwrap());
    let all = targets.iter().flat_map(|target| {
        let series = target.series.iter();
        series.map(move |(series, growth)| TimeSeries {
            labels: labels(target, series),
            samples: vec![Sample {
                value: growth.at(minutes),
                timestamp: now - minute * MINUTE,
            }],
        })
    });
    let request = WriteRequest {
        timeseries: all.collect(),
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
        let targets = targets(&folder);
        // Minute by minute, the oldest first.
        for minute in (0..MINUTES).rev() {
            for body in traffic.commit(events.clone(), now - minute * MINUTE) {
                prometheus.write(body).await.unwrap();
            }
            let body = exporters(&targets, now, minute);
            prometheus.write(body).await.unwrap();
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

/// Labels of exporters: <https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics>,
/// <https://istio.io/latest/docs/reference/config/metrics/>,
/// <https://argo-cd.readthedocs.io/en/stable/operator-manual/metrics/>.
#[test]
fn every_series_of_the_demo_is_of_a_metric_that_the_documents_list() {
    for folder in folders() {
        let readme = text(&format!("{folder}/README.md"));
        for target in targets(&folder) {
            for series in target.series.keys() {
                let name = &labels(&target, series)[0].value;
                assert!(crate::alerts::is_listed(&readme, name), "{name}");
            }
        }
    }
}
