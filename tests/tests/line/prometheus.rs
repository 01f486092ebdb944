//! A real Prometheus has what the chain has: every counter, every histogram, and what its queries make of them.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, bail, ensure};
use metrics_publisher::{
    chains::minutes::Minutes,
    prometheus::labels::{Labels, PrometheusType, factor},
};
use picket_aws::chain::ChainTable;
use picket_line::{line::Line, prometheus::Queries, replay::Connection};
use picket_shared::{
    clock::{Clock, SystemClock},
    env::{Process, Variables},
    position::Position,
    series::{Aggregate, SeriesKey},
};

use crate::Outcome;

/// Slices a page.
const PAGE: u16 = 500;
/// Ticks to be level with the chain: the first takes what there is, and others may have been at it.
const MOST_TICKS: u32 = 20;
/// Buckets are a third of a decade wide: a quantile is right within a factor.
const BUCKET: f64 = 2.2;

/// What the chains come to.
type Totals = BTreeMap<SeriesKey, Aggregate>;
/// Labels and a value.
type Values = BTreeMap<BTreeMap<String, String>, f64>;

#[expect(clippy::print_stderr, reason = "a skip is said plainly")]
pub(crate) async fn answers(line: &Line, prometheus: Option<&Queries>) -> Outcome {
    let Some(prometheus) = prometheus else {
        ensure!(
            Process.get("PICKET_REQUIRE_PROMETHEUS").is_none(),
            "there is no Prometheus; run scripts/prometheus.sh"
        );
        eprintln!("skipped: there is no Prometheus; scripts/prometheus.sh puts one into target/");
        return Ok(());
    };
    let totals = totals(line).await?;
    let expected = counters(&totals, line.stack());
    ensure!(
        expected.len() > 20,
        "{} counters prove little",
        expected.len()
    );
    level(line, prometheus, &expected).await?;
    rate(prometheus, &totals).await?;
    quantiles(prometheus, &totals).await
}

/// All slices of all chains, added up; less our own, which grow while we look.
async fn totals(line: &Line) -> anyhow::Result<Totals> {
    let table = ChainTable::new(line.clients.dynamodb(), line.outputs.get("ChainTable")?);
    let mut minutes = Minutes::default();
    for chain in table.chains().await? {
        let mut from = Position::start();
        loop {
            let slices = table.read_from(&chain, &from, PAGE).await?;
            let slices: Vec<_> = slices.into_iter().collect::<Result<_, _>>()?;
            let Some(last) = slices.last() else { break };
            from = last.after.clone();
            for slice in &slices {
                minutes.add(slice);
            }
        }
    }
    let mut totals = Totals::new();
    for series in minutes.into_series() {
        if series.key.namespace != "Picket" {
            totals
                .entry(series.key)
                .and_modify(|all| all.merge(&series.aggregate))
                .or_insert(series.aggregate);
        }
    }
    Ok(totals)
}

/// What the receiver must have, by labels: each sum, and each histogram's count and sum.
fn counters(totals: &Totals, stack: &str) -> Values {
    let mut all = Values::new();
    for (key, aggregate) in totals {
        let labels = Labels::of(key, PrometheusType::from(aggregate.kind()), stack);
        let statistics = aggregate.statistics();
        let mut put = |labels: &Labels, value: f64| {
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            all.insert(labels.pairs().into_iter().map(owned).collect(), value);
        };
        match PrometheusType::from(aggregate.kind()) {
            PrometheusType::Histogram => {
                put(
                    &labels.part("_sum", None),
                    statistics.sum * factor(&key.unit),
                );
                #[expect(clippy::cast_precision_loss, reason = "a test's counts are small")]
                put(&labels.part("_count", None), statistics.count as f64);
            }
            PrometheusType::Counter | PrometheusType::Gauge => put(&labels, statistics.sum),
        }
    }
    all
}

/// Ticks until Prometheus is level with the chain, and says what differs where it does not get there.
async fn level(line: &Line, prometheus: &Queries, expected: &Values) -> Outcome {
    let connection = Connection::of(line)?;
    let mut differ = String::new();
    for _ in 0..MOST_TICKS {
        connection.tick().await?;
        let query = r#"{stack!="",__name__=~".+_(total|count|sum)"}"#;
        let found: Values = prometheus.query(query).await?.into_iter().collect();
        let wrong = expected.iter().find(|(labels, value)| {
            found
                .get(*labels)
                .is_none_or(|found| (found - **value).abs() > 1e-9 * value.abs().max(1.0))
        });
        let Some((labels, value)) = wrong else {
            return Ok(());
        };
        differ = format!(
            "{labels:?} is {:?}, and {value} in the chain",
            found.get(labels)
        );
        SystemClock.sleep(Duration::from_millis(500)).await;
    }
    bail!("{differ}")
}

fn whole<'t>(totals: &'t Totals, name: &str) -> anyhow::Result<&'t Aggregate> {
    let is_whole = |key: &&SeriesKey| key.name == name && key.dimensions.len() == 1;
    let found = totals.keys().find(is_whole);
    let key = found.with_context(|| format!("the chain has no {name} of the whole workload"))?;
    Ok(&totals[key])
}

/// An hour's rate comes to what was counted, all of it within the hour; extrapolation to the window's ends adds little.
async fn rate(prometheus: &Queries, totals: &Totals) -> Outcome {
    for (name, metric) in [
        ("bedrock_usage_requests_total", "Requests"),
        ("bedrock_usage_input_tokens_total", "InputTokens"),
    ] {
        let expected = whole(totals, metric)?.statistics().sum;
        let query = format!(r#"rate({name}{{agent_id="",model_id=""}}[1h]) * 3600"#);
        let found = prometheus.number(&query).await?;
        ensure!(
            (found - expected).abs() <= 0.3 * expected,
            "{query} is {found}, and {expected} were counted"
        );
    }
    Ok(())
}

async fn quantiles(prometheus: &Queries, totals: &Totals) -> Outcome {
    let Aggregate::Distribution(sketch) = whole(totals, "APILatency")? else {
        bail!("latency is no distribution");
    };
    let (values, count) = (sketch.values(), sketch.statistics().count);
    for quantile in [0.5, 0.9] {
        let query = format!(
            r#"histogram_quantile({quantile}, bedrock_usage_api_latency_seconds_bucket{{agent_id="",model_id=""}})"#
        );
        let found = prometheus.number(&query).await?;
        let expected = value_at(&values, count, quantile) / 1_000.0;
        ensure!(
            (expected / BUCKET..=expected * BUCKET).contains(&found),
            "{query} is {found}, and {expected} in the chain"
        );
    }
    Ok(())
}

/// The value below which so much of a distribution lies.
fn value_at(values: &[(f64, u64)], count: u64, quantile: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0;
    for (value, times) in &sorted {
        below += times;
        #[expect(clippy::cast_precision_loss, reason = "a test's counts are small")]
        if below as f64 >= quantile * count as f64 {
            return *value;
        }
    }
    f64::NAN
}
