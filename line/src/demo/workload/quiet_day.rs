//! A quiet day before a play, so that dashboards show what is usual beside what is not.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::{Clock, SystemClock};

use super::{
    alarms::datum,
    plan::{Play, metric_key},
    traffic::AGO,
};
use crate::{evaluator::Evaluator, line::Line};

/// How long it is.
const LENGTH: SignedDuration = SignedDuration::from_hours(24);
/// The time between two datapoints: 96 of a metric, far below the 1,000 of a call of `PutMetricData`.
const STEP: SignedDuration = SignedDuration::from_mins(15);

/// Puts the quiet datapoints of all plays, once a metric, and returns how many metrics have them.
pub(super) async fn put(line: &Line, plays: &[Play]) -> Result<String> {
    let wanted = |name: &str| plays.iter().any(|play| play.alarm == name);
    let evaluator = Evaluator::of(&line.clients, &line.journal, wanted).await?;
    let now = SystemClock.now();
    let times = times(now - AGO);
    let mut metrics = BTreeSet::new();
    for play in plays.iter().filter(|play| is_short(play, now)) {
        let deployed = evaluator.definition(&play.alarm);
        let inputs = deployed
            .with_context(|| format!("the line does not have the alarm {}", play.alarm))?
            .inputs();
        for (number, sample) in play.quiet()? {
            let input = inputs
                .get(number)
                .context("the deployed alarm reads other metrics")?;
            if !metrics.insert(metric_key(input)) {
                continue;
            }
            let data = times.iter().map(|at| datum(input, &sample, *at)).collect();
            line.clients
                .cloudwatch()
                .put_metric_data()
                .namespace(&input.namespace)
                .set_metric_data(Some(data))
                .send()
                .await?;
        }
    }
    Ok(format!("{} metrics", metrics.len()))
}

/// Whether two such plays, one before the other, begin after the quiet day. Those of daily periods do not.
fn is_short(play: &Play, now: Timestamp) -> bool {
    let moments = play.moments(now).unwrap_or_default();
    let first = moments.first().map(|moment| moment.starts_at);
    first.is_some_and(|starts_at| starts_at > now - AGO / 2)
}

/// The times of the datapoints of the day that ends then.
fn times(end: Timestamp) -> Vec<Timestamp> {
    let start = end - LENGTH;
    std::iter::successors(Some(start), |at| Some(*at + STEP))
        .take_while(|at| *at < end)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_datapoint_each_quarter_of_an_hour() {
        let times = times("2026-11-27T12:00:00Z".parse().unwrap());
        assert_eq!(times.len(), 96);
        assert_eq!(times[0].to_string(), "2026-11-26T12:00:00Z");
        assert_eq!(times[95].to_string(), "2026-11-27T11:45:00Z");
    }
}
