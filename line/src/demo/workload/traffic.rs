//! A workload's sample events, through the stream into CloudWatch.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use picket_aws::stream::OutgoingRecord;
use picket_rules::metrics::MetricRules;
use picket_shared::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::line::Line;

/// How long ago the newest sample event happened: before every period that an alarm of a play evaluates.
pub(super) const AGO: SignedDuration = SignedDuration::from_hours(48);

/// The field of an event's time in every workload's contract.
const TIMESTAMP: &str = "timestamp";

/// The records of `events/event-processor/<workload>*.json`.
pub(super) fn samples(root: &Path, workload: &str) -> Result<Vec<OutgoingRecord>> {
    let folder = root.join("events/event-processor");
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            stem.and_then(|stem| stem.strip_prefix(workload))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
        .collect();
    files.sort();
    let mut records = Vec::new();
    for file in &files {
        let event: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        let list = event["Records"].as_array();
        for record in list.with_context(|| format!("{} has no records", file.display()))? {
            records
                .push(record_of(&record["kinesis"]).with_context(|| file.display().to_string())?);
        }
    }
    Ok(records)
}

fn record_of(kinesis: &Value) -> Result<OutgoingRecord> {
    let text = |name: &str| kinesis[name].as_str().with_context(|| format!("no {name}"));
    let data = base64_simd::STANDARD
        .decode_to_vec(text("data")?)
        .map_err(|_| anyhow::anyhow!("data is not base64"))?;
    Ok(OutgoingRecord {
        key: text("partitionKey")?.to_owned(),
        data,
    })
}

/// Puts the events on the stream, and returns what CloudWatch has of the metrics of the rules.
pub(super) async fn replay(
    line: &Line,
    rules: &MetricRules,
    records: &[OutgoingRecord],
) -> Result<String> {
    let records = as_of(records, SystemClock.now());
    line.send(&records).await?;
    line.tick().await?;
    let wanted = metrics(rules);
    let mut series = 0;
    let mut missing = Vec::new();
    for (namespace, name) in &wanted {
        let answer = line
            .clients
            .cloudwatch()
            .list_metrics()
            .namespace(namespace)
            .metric_name(name)
            .send()
            .await?;
        series += answer.metrics().len();
        if answer.metrics().is_empty() {
            missing.push(name.as_str());
        }
    }
    ensure!(
        missing.is_empty(),
        "no sample event has reached {}",
        missing.join(", ")
    );
    Ok(format!(
        "{} records, {} metrics, {series} series",
        records.len(),
        wanted.len()
    ))
}

/// Namespace and name of each metric that the rules make.
fn metrics(rules: &MetricRules) -> BTreeSet<(String, String)> {
    let cost = rules.usage.iter().filter_map(|usage| usage.cost.as_ref());
    let cost = cost.map(|metric| (metric.namespace.to_string(), metric.name.to_string()));
    let made = rules.rules.iter().flat_map(|rule| &rule.transformations);
    let made = made.map(|metric| (metric.namespace.to_string(), metric.name.to_string()));
    made.chain(cost).collect()
}

/// The events as if the newest of them had happened [`AGO`].
fn as_of(records: &[OutgoingRecord], now: Timestamp) -> Vec<OutgoingRecord> {
    let time = |record: &OutgoingRecord| {
        let event: Value = serde_json::from_slice(&record.data).ok()?;
        event[TIMESTAMP].as_str()?.parse::<Timestamp>().ok()
    };
    let Some(newest) = records.iter().filter_map(time).max() else {
        return records.to_vec();
    };
    let shift = (now - AGO).duration_since(newest);
    let moved = |record: &OutgoingRecord| {
        let mut event: Value = serde_json::from_slice(&record.data).ok()?;
        let at = time(record)? + shift;
        event[TIMESTAMP] = at.to_string().into();
        Some(OutgoingRecord {
            key: record.key.clone(),
            data: event.to_string().into_bytes(),
        })
    };
    records
        .iter()
        .map(|record| moved(record).unwrap_or_else(|| record.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> OutgoingRecord {
        OutgoingRecord {
            key: "k".into(),
            data: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_newest_event_happened_two_days_ago_and_the_others_keep_their_distance() {
        let records = [
            record(r#"{"timestamp":"2026-11-20T06:00:00Z","n":1}"#),
            record(r#"{"timestamp":"2026-11-20T06:05:00Z","n":2}"#),
            record("2026-11-20T06:05:00Z ERROR a line"),
        ];
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let texts: Vec<String> = as_of(&records, now)
            .into_iter()
            .map(|record| String::from_utf8(record.data).unwrap())
            .collect();
        assert_eq!(
            texts,
            [
                r#"{"timestamp":"2026-11-28T23:55:00Z","n":1}"#,
                r#"{"timestamp":"2026-11-29T00:00:00Z","n":2}"#,
                "2026-11-20T06:05:00Z ERROR a line"
            ]
        );
    }

    #[test]
    fn the_metrics_of_a_workload_are_those_of_its_rules_and_of_its_cost() {
        let rules = picket_rules::metrics::built_in();
        let bedrock = rules.iter().find(|rules| rules.workload == "bedrock-usage");
        let all = metrics(bedrock.unwrap());
        let has = |name: &str| all.contains(&("BedrockUsage".to_owned(), name.to_owned()));
        assert!(has("InputTokens") && has("Requests"));
    }
}
