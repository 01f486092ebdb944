//! An alarm on the line: its datapoints are put, and it is evaluated after each period.

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum, StatisticSet},
};
use jiff::Timestamp;
use picket_alarms::{Input, Sample};
use picket_shared::alarm::State;

use super::plan::{Moment, Play};
use crate::{demo::expectations, evaluator::Evaluator, line::Line};

/// The headline of a message about many alarms.
const STORM: &str = "Storm";

/// The topic of information, which stands by its logical id in a template that is resolved.
const INFO: &str = "InfoTopic";

/// The alarm's name without that of the stack.
pub(super) fn short<'a>(line: &Line, alarm: &'a str) -> &'a str {
    let rest = alarm.strip_prefix(line.stack());
    rest.map_or(alarm, |rest| rest.trim_start_matches('-'))
}

/// Plays an alarm: each state must be that of the case, and a message of each change must arrive.
pub(super) async fn play(line: &Line, play: &Play, moments: &[Moment]) -> Result<String> {
    let wanted = |name: &str| name == play.alarm;
    let mut evaluator = Evaluator::of(&line.clients, &line.journal, wanted).await?;
    let deployed = evaluator.definition(&play.alarm);
    let inputs = deployed
        .context("the line does not have the alarm")?
        .inputs()
        .to_vec();
    if let Some(first) = moments.first() {
        evaluator.settle(first.starts_at).await?;
    }
    let mut seen: Vec<String> = Vec::new();
    let mut state = None;
    for moment in moments {
        put(line, &inputs, moment).await?;
        let mark = line.journal.len();
        for change in evaluator.tick(moment.ends_at).await? {
            state = Some(change.to);
            if matches!(
                (change.from, change.to),
                (_, State::Alarm) | (State::Alarm, State::Ok)
            ) {
                let in_storm = seen.last().is_some_and(|last| last.contains(STORM));
                seen.push(arrived(line, mark, play, change.to, in_storm).await?);
            }
        }
        let state = state.unwrap_or(moment.state);
        ensure!(
            state == moment.state,
            "{} after the period that ends at {}, and the case says {}",
            state.as_str(),
            moment.ends_at,
            moment.state.as_str()
        );
    }
    let has = |word: &str| seen.iter().any(|line: &String| line.contains(word));
    ensure!(
        has("ALARM") && has("OK"),
        "it did not both fire and clear: {seen:?}"
    );
    Ok(seen.join("; "))
}

/// The inputs are those of the deployed alarm, with the names that its resources have.
async fn put(line: &Line, inputs: &[Input], moment: &Moment) -> Result<()> {
    for (number, sample) in &moment.samples {
        let input = inputs
            .get(*number)
            .context("the deployed alarm reads other metrics")?;
        line.clients
            .cloudwatch()
            .put_metric_data()
            .namespace(&input.namespace)
            .metric_data(datum(input, sample, moment.starts_at))
            .send()
            .await?;
    }
    Ok(())
}

/// A datapoint of an alarm's input.
pub(super) fn datum(input: &Input, sample: &Sample, at: Timestamp) -> MetricDatum {
    let dimensions = input
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let datum = MetricDatum::builder()
        .metric_name(&input.metric_name)
        .set_dimensions(Some(dimensions.collect()))
        .set_unit(input.unit.as_deref().map(Into::into))
        .timestamp(DateTime::from_secs(at.as_second()));
    match sample {
        Sample::Values(values) => {
            let (values, counts) = values.iter().copied().unzip();
            datum
                .set_values(Some(values))
                .set_counts(Some(counts))
                .build()
        }
        &Sample::Set {
            count,
            sum,
            minimum,
            maximum,
        } => {
            let set = StatisticSet::builder()
                .sample_count(count)
                .sum(sum)
                .minimum(minimum)
                .maximum(maximum);
            datum.statistic_values(set.build()).build()
        }
    }
}

/// The message of a change in Slack: its own, or that of a storm with it, which many alarms within minutes are. Those of
/// the info topic wait for the digest, and the end of one in a storm is in none.
async fn arrived(
    line: &Line,
    mark: usize,
    play: &Play,
    to: State,
    in_storm: bool,
) -> Result<String> {
    let topics = match to {
        State::Alarm => &play.definition.alarm_actions,
        _ => &play.definition.ok_actions,
    };
    if topics.iter().all(|topic| topic == INFO) {
        return Ok(format!("{}, for the digest", to.as_str()));
    }
    if in_storm {
        return Ok(format!("{}, after a storm", to.as_str()));
    }
    let name = short(line, &play.alarm);
    let state = to.as_str();
    let (own, storm) = ([state, name], [STORM]);
    tokio::select! {
        own = expectations::slack(line, mark, &own, "") => own,
        storm = expectations::slack(line, mark, &storm, name) => storm.map(|text| format!("{state} in {text}")),
    }
}
