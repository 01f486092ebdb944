//! Each minute of each series in CloudWatch.

use std::collections::{BTreeMap, BTreeSet};

use super::{Expected, Metric, Presence, TOLERANCE};
use crate::{
    cloudwatch::{Minute, Minutes, Series},
    events::STACK,
    rules::ENVIRONMENT,
    world::State,
};

/// How far a percentile may be off: a bucket over five decades is at most 9.06 % wide.
const WIDEST_BUCKET: f64 = 0.0906;

fn series(metric: &Metric) -> Series {
    let (name, agent) = metric;
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    if *name == "Heartbeat" {
        return ("Picket".into(), (*name).into(), vec![text("Stack", STACK)]);
    }
    let agent = agent.map(|agent| text("Agent", &format!("agent-{agent}")));
    let dimensions = agent.into_iter().chain([text("Environment", ENVIRONMENT)]);
    ("Simulation".into(), (*name).into(), dimensions.collect())
}

fn at<'m>(minutes: &'m Minutes, series: &Series, minute: i64) -> Option<&'m Minute> {
    minutes.get(series)?.get(&minute)
}

pub(super) fn cloudwatch(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let cloudwatch = &state.cloudwatch;
    let mut known: BTreeSet<(Series, i64)> = BTreeSet::new();
    let mut is_double = false;
    let mut others: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    let keys: BTreeSet<_> = expected
        .values
        .keys()
        .chain(expected.unclear_values.keys())
        .collect();
    for key in keys {
        let (metric, minute) = key;
        let series = series(metric);
        let none = Vec::new();
        let least = expected.values.get(key).unwrap_or(&none);
        let unclear = expected.unclear_values.get(key).unwrap_or(&none);
        let (has, doubtful) = (Minute::default(), Minute::default());
        let has = at(&cloudwatch.has, &series, *minute).unwrap_or(&has);
        let doubtful = at(&cloudwatch.doubtful, &series, *minute).unwrap_or(&doubtful);
        if *metric == ("Errors", None) {
            errors(
                has,
                least,
                doubtful,
                expected.presence.get(minute),
                *minute,
                problems,
            );
            known.insert((series, *minute));
            continue;
        }
        let other = at(&cloudwatch.has, &other(), *minute);
        is_double |= has.count > (least.len() + unclear.len()) as u64;
        if other.is_some() && metric.1.is_some() {
            // New series go to Other while the table that admits them does not answer: some values of this agent's may
            // be there.
            let most = (least.len() + unclear.len()) as u64 + doubtful.count;
            if has.count > most {
                problems.push(format!(
                    "CloudWatch {series:?} at {minute}: count {} is more than {most}",
                    has.count
                ));
            }
            let lacks = (least.len() as u64).saturating_sub(has.count);
            others.entry(*minute).or_default().push(lacks);
            known.insert((series, *minute));
            continue;
        }
        if let Some(problem) = minute_problem(has, least, unclear, doubtful) {
            problems.push(format!("CloudWatch {series:?} at {minute}: {problem}"));
        }
        known.insert((series, *minute));
    }
    let other = other();
    let ours = cloudwatch.has.iter().filter(|(series, _)| {
        let (namespace, name, _) = series;
        namespace == "Simulation" && name != "Night" && **series != other
    });
    for (series, minutes) in ours {
        for minute in minutes.keys() {
            if !known.contains(&(series.clone(), *minute)) {
                problems.push(format!(
                    "CloudWatch has {series:?} at {minute}, which no record counts for"
                ));
            }
        }
    }
    let counted: u64 = state
        .tables
        .cursors
        .values()
        .map(|cursor| cursor.ambiguous)
        .sum();
    if is_double && counted == 0 {
        problems.push("CloudWatch has something twice, and PublishAmbiguous is 0".into());
    }
}

/// Where new series go while the table that admits them does not answer.
fn other() -> Series {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let dimensions = vec![text("Agent", "Other"), text("Environment", ENVIRONMENT)];
    ("Simulation".into(), "Input".into(), dimensions)
}

/// A minute of the metric with a default value, 7: it has that once where nothing matched when it was settled.
fn errors(
    has: &Minute,
    matched: &[f64],
    doubtful: &Minute,
    presence: Option<&Presence>,
    minute: i64,
    problems: &mut Vec<String>,
) {
    let presence = presence.copied().unwrap_or_default();
    let count = matched.len() as u64;
    let (least, most) = match (count, presence.is_early) {
        (0, true) => (1, 1),
        (0, false) => (0, 1),
        _ => (count, count + u64::from(presence.is_late)),
    };
    let is_count = (least..=most + doubtful.count).contains(&has.count);
    let is_value = has.count == 0 || (has.max <= if most > count { 7.0 } else { 1.0 });
    if !is_count || !is_value {
        problems.push(format!(
            "CloudWatch Errors at {minute}: {} values up to {} are not {least} to {most} ({} of which may be there twice)",
            has.count, has.max, doubtful.count
        ));
    }
}

fn minute_problem(
    has: &Minute,
    least: &[f64],
    unclear: &[f64],
    doubtful: &Minute,
) -> Option<String> {
    let count = least.len() as u64;
    let most = count + unclear.len() as u64 + doubtful.count;
    let (sum, more): (f64, f64) = (least.iter().sum(), unclear.iter().sum());
    let slack = TOLERANCE * (sum.abs() + doubtful.sum.abs() + more.abs()).max(1.0);
    let is_sum = (sum - slack..=sum + more + doubtful.sum + slack).contains(&has.sum);
    if !(count..=most).contains(&has.count) || !is_sum {
        return Some(format!(
            "count {} and sum {} are not {count} and {sum}, at most {most} and {} of which {} may be there twice",
            has.count,
            has.sum,
            sum + more + doubtful.sum,
            doubtful.count,
        ));
    }
    if !unclear.is_empty() {
        return None;
    }
    let mut values = least.to_vec();
    values.sort_by(f64::total_cmp);
    let (least, greatest) = (values.first()?, values.last()?);
    if (has.min - least).abs() > TOLERANCE || (has.max - greatest).abs() > TOLERANCE {
        return Some(format!(
            "{} to {} is not {least} to {greatest}",
            has.min, has.max
        ));
    }
    let is_once = has.count == count;
    let is_distribution = !has.values.is_empty();
    (is_once && is_distribution).then(|| percentiles(has, &values))?
}

/// Each value in its rank, and the one that CloudWatch has there.
fn percentiles(has: &Minute, values: &[f64]) -> Option<String> {
    let mut sorted = has.values.clone();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let flat = sorted
        .iter()
        .flat_map(|(value, count)| std::iter::repeat_n(*value, usize::try_from(*count).unwrap()));
    let flat: Vec<f64> = flat.collect();
    [50, 90, 99, 100].into_iter().find_map(|percent| {
        let rank = (values.len() * percent).div_ceil(100) - 1;
        let (is, says) = (values[rank], flat[rank]);
        let off = (is - says).abs();
        (off > is.abs() * WIDEST_BUCKET + TOLERANCE)
            .then(|| format!("p{percent} is {is}, and CloudWatch has {says}"))
    })
}
