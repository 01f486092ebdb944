//! What the stand-ins hold beside what they should.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_rules::prices;
use picket_shared::usage::{TokenCounts, Usage as Counted, UsageKey, UsageRow};
use rust_decimal::Decimal;

use super::expected::{Expected, Metric, Presence, Usage};
use crate::{
    cloudwatch::{Minute, Minutes, Series},
    events::{MODEL, STACK},
    rules::ENVIRONMENT,
    world::State,
};

/// Of sums of floats.
const TOLERANCE: f64 = 1e-9;
/// How far a percentile may be off: a bucket over five decades is at most 9.06 % wide.
const WIDEST_BUCKET: f64 = 0.0906;

/// Everything that differs.
pub(super) fn all(state: &State, expected: &Expected) -> Vec<String> {
    let mut problems = expected.problems.clone();
    if expected.quarantined != expected.said_quarantined {
        let lacks: Vec<_> = expected
            .quarantined
            .difference(&expected.said_quarantined)
            .collect();
        let more: Vec<_> = expected
            .said_quarantined
            .difference(&expected.quarantined)
            .collect();
        problems.push(format!("quarantine lacks {lacks:?} and has {more:?}"));
    }
    ledger(state, expected, &mut problems);
    cloudwatch(state, expected, &mut problems);
    own(state, expected, &mut problems);
    receiver(state, expected, &mut problems);
    if state.is_calm {
        problems.extend(late_sample(state, expected));
    }
    problems
}

fn ledger(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let mut has: BTreeMap<(String, String), Usage> = BTreeMap::new();
    for ((day, agent, model, incident, price, batch), counts) in &state.tables.ledger {
        if model != MODEL || incident.is_some() || *batch || counts[3..] != [0, 0, 0] {
            problems.push(format!("the ledger has a row of {day} {agent} {model}"));
        }
        let usage = has.entry((day.clone(), agent.clone())).or_default();
        usage.requests += counts[0];
        usage.input += counts[1];
        usage.output += counts[2];
        usage.dollars += dollars(day, agent, price.as_ref(), *counts);
    }
    let days: BTreeSet<_> = has.keys().chain(expected.usage.keys()).collect();
    for day in days {
        let none = Usage::default();
        let of = |usages: &BTreeMap<_, Usage>| usages.get(day).unwrap_or(&none).clone();
        let (has, least, more) = (of(&has), of(&expected.usage), of(&expected.unclear_usage));
        let is_exact = has == least;
        let is_between = more != none
            && (least.requests..=least.requests + more.requests).contains(&has.requests)
            && (least.input..=least.input + more.input).contains(&has.input)
            && (least.dollars..=least.dollars + more.dollars).contains(&has.dollars);
        if !is_exact && !is_between {
            problems.push(format!(
                "ledger {day:?}: {has:?} is not {least:?} (and {more:?})"
            ));
        }
    }
}

/// What whoever reads the ledger makes of a row.
fn dollars(day: &str, agent: &str, price: Option<&String>, counts: [u64; 6]) -> Decimal {
    let date: Date = day.parse().unwrap();
    let tokens = TokenCounts {
        input: counts[1],
        output: counts[2],
        ..TokenCounts::default()
    };
    let row = UsageRow {
        key: UsageKey {
            date,
            agent: agent.into(),
            model: MODEL.into(),
            incident: None,
            price: price.cloned(),
            batch: false,
        },
        usage: Counted {
            requests: counts[0],
            tokens,
        },
    };
    row.cost(prices::built_in())
        .unwrap_or(Decimal::NEGATIVE_ONE)
}

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

fn cloudwatch(state: &State, expected: &Expected, problems: &mut Vec<String>) {
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
            // New series go to Other while the table that admits them does not answer: some values of this agent's may be there.
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

/// Sums of our own counts, over all time.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn own(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let total = |minutes: &Minutes, name: &str| -> f64 {
        let stack = vec![("Stack".to_owned(), STACK.to_owned())];
        let series = ("Picket".to_owned(), name.to_owned(), stack);
        let minutes = minutes.get(&series).into_iter().flatten();
        minutes.map(|(_, minute)| minute.sum).sum()
    };
    for (name, count) in &expected.own {
        let unclear = if expected.unclear_usage.is_empty() {
            0.0
        } else {
            1e9
        };
        let unclear = if *name == "RecordsRepeated" {
            unclear
        } else {
            0.0
        };
        let (has, least) = (total(&state.cloudwatch.has, name), *count as f64);
        let most = least + unclear + total(&state.cloudwatch.doubtful, name);
        if has < least || has > most {
            problems.push(format!("{name} is {has}, not {least} to {most}"));
        }
    }
}

/// Two minutes after a slice was committed, the samples of that time have it, also where they were sent much later.
fn late_sample(state: &State, expected: &Expected) -> Option<String> {
    const LATEST: i64 = 2 * 60_000;
    let mut commits = expected.commits.clone();
    commits.sort_unstable();
    let has_name = |labels: &&Vec<(String, String)>| {
        let is = |name: &str, value: &str| labels.iter().any(|it| it.0 == name && it.1 == value);
        is("__name__", "simulation_input_count") && !labels.iter().any(|(name, _)| name == "agent")
    };
    let labels = state.receiver.has.keys().find(has_name)?;
    state.receiver.has[labels].iter().find_map(|(at, value)| {
        let least = commits.partition_point(|commit| *commit <= at - LATEST);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let is_late = *value < least as f64;
        is_late.then(|| format!("Prometheus' count of Input at {at} is {value}, and {least} had been committed two minutes before"))
    })
}

/// How long a series is without a sample once it was forgotten, in milliseconds: six hours less what samples may be apart.
const FORGOTTEN: i64 = 5 * 3_600_000;

/// What a counter grew by, as Prometheus' `increase` has it: one that falls began anew at zero. One that was forgotten and came back with a
/// first request that was lost may have begun anew without falling: by what it had before, it may have grown more.
fn increase(samples: &[(i64, f64)]) -> (f64, f64) {
    let mut grown = (0.0, 0.0);
    let mut before = (0, 0.0);
    for (at, value) in samples {
        let falls = *value < before.1;
        let more = if falls { *value } else { *value - before.1 };
        let hidden = if !falls && at - before.0 > FORGOTTEN {
            before.1
        } else {
            0.0
        };
        grown = (grown.0 + more, grown.1 + more + hidden);
        before = (*at, *value);
    }
    grown
}

/// Each series grew by what all records add up to.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn receiver(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let mut totals: BTreeMap<Metric, (f64, f64, f64)> = BTreeMap::new();
    for ((metric, _), values) in &expected.values {
        let total = totals.entry(*metric).or_default();
        total.0 += values.len() as f64;
        total.1 += values.iter().sum::<f64>();
    }
    for ((metric, _), values) in &expected.unclear_values {
        totals.entry(*metric).or_default().2 += values.iter().sum::<f64>();
    }
    for ((name, agent), (count, sum, unclear)) in totals {
        let (prefix, factor) = match name {
            "Latency" => ("simulation_latency_seconds_total", 1e-3),
            // The defaults are in it.
            "Errors" => continue,
            "Cost" => ("simulation_cost_total", 1.0),
            "Heartbeat" => ("picket_heartbeat_total", 1.0),
            _ => ("simulation_input_sum", 1.0),
        };
        let newest = |name: &str| {
            let agent = agent.map(|agent| format!("agent-{agent}"));
            let is_it = |labels: &&Vec<(String, String)>| {
                let of = |label: &str| {
                    labels
                        .iter()
                        .find(|(name, _)| name == label)
                        .map(|(_, value)| value.as_str())
                };
                of("__name__") == Some(name) && of("agent") == agent.as_deref()
            };
            let labels = state.receiver.has.keys().find(is_it)?;
            Some(increase(&state.receiver.has[labels]))
        };
        let (sum, unclear) = (sum * factor, unclear * factor);
        let slack = 1e-6 * sum.abs().max(1.0);
        let has = newest(prefix);
        let is_it =
            |(least, most): (f64, f64)| least - slack <= sum + unclear && sum <= most + slack;
        if !has.is_some_and(is_it) {
            problems.push(format!(
                "Prometheus' {prefix} {agent:?} is {has:?}, not {sum} (and {unclear})"
            ));
        }
        if name == "Input" && unclear == 0.0 {
            let has = newest("simulation_input_count");
            if !has.is_some_and(|(least, most)| (least..=most).contains(&count)) {
                problems.push(format!(
                    "Prometheus' count of Input {agent:?} is {has:?}, not {count}"
                ));
            }
        }
    }
}
