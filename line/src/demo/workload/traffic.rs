//! A workload's sample events, through the stream into CloudWatch.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use picket_aws::stream::OutgoingRecord;
use picket_rules::metrics::MetricRules;
use picket_shared::clock::{Clock, SystemClock};

use crate::{line::Line, send};

/// How long ago the newest sample event happened: before every period that an alarm of a play evaluates.
pub(super) const AGO: SignedDuration = SignedDuration::from_hours(48);

/// The records of `events/event-processor/<workload>*.json`, and the payloads in `events/*.ndjson` of the workload's own
/// folder.
pub(super) fn samples(root: &Path, workload: &str, own: &Path) -> Result<Vec<OutgoingRecord>> {
    let mut records = payloads(&own.join("events"))?;
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
    for file in &files {
        let sent = send::of_event(&fs::read(file)?);
        records.extend(sent.with_context(|| file.display().to_string())?);
    }
    Ok(records)
}

/// The payloads of the files of a folder, one a line. Each line is a partition of its own.
fn payloads(folder: &Path) -> Result<Vec<OutgoingRecord>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ndjson"))
        .collect();
    files.sort();
    let mut records = Vec::new();
    for file in files {
        let text = fs::read(&file).with_context(|| file.display().to_string())?;
        records.extend(send::of_lines(&text));
    }
    Ok(records)
}

/// Puts the events on the stream, and returns what CloudWatch has of the metrics of the rules.
pub(super) async fn replay(
    line: &Line,
    rules: &MetricRules,
    records: &[OutgoingRecord],
) -> Result<String> {
    let records = send::moved(records, SystemClock.now() - AGO);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_of_a_workload_are_those_of_its_rules_and_of_its_cost() {
        let rules = picket_rules::metrics::built_in();
        let bedrock = rules.iter().find(|rules| rules.workload == "bedrock-usage");
        let all = metrics(bedrock.unwrap());
        let has = |name: &str| all.contains(&("BedrockUsage".to_owned(), name.to_owned()));
        assert!(has("InputTokens") && has("Requests"));
    }
}
