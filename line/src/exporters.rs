//! Targets that a Prometheus scrapes: the application's own metrics and those of a cluster's exporters, with made values,
//! for a machine that has neither.

use std::{collections::BTreeMap, f64::consts::TAU, fmt::Write as _, sync::Arc};

use anyhow::Result;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};
use serde::Deserialize;

use crate::server::Server;

/// Minutes from one crest of a wave to the next: several fit into what a demo shows.
const WAVE: f64 = 4.0;
/// Seconds in a minute.
const MINUTE: f64 = 60.0;

/// A target: what one process exports.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Target {
    /// The job that scrapes it.
    pub job: String,
    /// Its host and port.
    pub instance: String,
    /// Name and labels, as Prometheus writes them.
    pub series: BTreeMap<String, Growth>,
}

/// The values of a series.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Growth {
    /// A gauge's value, or a counter's at first.
    #[serde(default)]
    value: f64,
    /// What a counter grows by in a minute.
    #[serde(default)]
    minute: f64,
    /// By what share the gauge, or the counter's growth, rises and falls: below 1, so that a counter never falls.
    #[serde(default)]
    wave: f64,
}

impl Growth {
    /// The value so many minutes after the start.
    pub fn at(self, minutes: f64) -> f64 {
        let angle = minutes * TAU / WAVE;
        let gauge = self.value * (1.0 + self.wave * angle.sin());
        // The integral of a growth that rises and falls as 1 + wave * cos.
        let grown = self.minute * (minutes + self.wave * angle.sin() * WAVE / TAU);
        gauge + grown
    }
}

impl Target {
    /// What a scrape reads, so many minutes after the start.
    pub fn text(&self, minutes: f64) -> String {
        let mut text = String::new();
        for (series, growth) in &self.series {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{series} {}", growth.at(minutes));
        }
        text
    }
}

/// Targets that answer scrapes, until this is dropped.
#[derive(Debug)]
pub struct Exporters {
    targets: Vec<Target>,
    server: Server,
}

/// Where a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// The job that scrapes it.
    pub job: &'a str,
    /// The instance that it is shown as.
    pub instance: &'a str,
    /// Host and port.
    pub address: &'a str,
    /// Where its metrics are.
    pub path: String,
}

impl Exporters {
    /// Starts to answer.
    pub async fn start(targets: Vec<Target>) -> Result<Self> {
        let shared = Arc::new((targets.clone(), SystemClock.now()));
        let router = Router::new()
            .route("/targets/{number}", get(scrape))
            .with_state(shared);
        let server = Server::start(0, router).await?;
        Ok(Self { targets, server })
    }

    /// The places of the targets.
    pub fn places(&self) -> Vec<Place<'_>> {
        let address = self.server.address();
        let address = address.trim_start_matches("http://");
        let places = self.targets.iter().enumerate();
        places
            .map(|(number, target)| Place {
                job: &target.job,
                instance: &target.instance,
                address,
                path: format!("/targets/{number}"),
            })
            .collect()
    }
}

async fn scrape(
    State(shared): State<Arc<(Vec<Target>, Timestamp)>>,
    Path(number): Path<usize>,
) -> Response {
    let (targets, since) = &*shared;
    let minutes = SystemClock.now().duration_since(*since).as_secs_f64() / MINUTE;
    match targets.get(number) {
        Some(target) => target.text(minutes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTER: Growth = Growth {
        value: 0.0,
        minute: 30.0,
        wave: 0.5,
    };

    #[test]
    fn a_gauge_waves_about_its_value_and_a_counter_grows() {
        let gauge = Growth {
            value: 10.0,
            minute: 0.0,
            wave: 0.2,
        };
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(near(gauge.at(0.0), 10.0) && near(gauge.at(1.0), 12.0) && near(gauge.at(3.0), 8.0));
        assert!(near(COUNTER.at(WAVE), 30.0 * WAVE));
        let values: Vec<f64> = (0..1_000_u16)
            .map(|step| COUNTER.at(f64::from(step) / 10.0))
            .collect();
        assert!(values.is_sorted_by(|a, b| a < b));
    }

    #[tokio::test]
    async fn a_scrape_reads_the_series_of_its_target() {
        let target = Target {
            job: "node".to_owned(),
            instance: "n1:9100".to_owned(),
            series: BTreeMap::from([("up_seconds_total{cpu=\"0\"}".to_owned(), COUNTER)]),
        };
        let exporters = Exporters::start(vec![target]).await.unwrap();
        let [place] = &exporters.places()[..] else {
            panic!("one target");
        };
        assert_eq!((place.job, place.instance), ("node", "n1:9100"));
        let web = picket_aws::web::client();
        let get = async |path: &str| {
            web.get(format!("http://{}{path}", place.address))
                .send()
                .await
        };
        let text = get(&place.path).await.unwrap().text().await.unwrap();
        assert!(text.starts_with("up_seconds_total{cpu=\"0\"} "), "{text}");
        assert_eq!(get("/targets/1").await.unwrap().status(), 404);
    }
}
