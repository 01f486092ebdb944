//! Cases of an alarm from its definition: one in which it fires, and one in which it does not. A start for those who
//! know what the metric does, not a judgement of the threshold.

use std::collections::BTreeMap;

use picket_shared::alarm::State;

use super::{Case, Subject};
use crate::{Definition, Statistic, composite::Composite};

/// The most children of a composite alarm whose states are tried in all combinations: 1,024 runs.
const MOST_CHILDREN: usize = 10;

/// The most periods of a value in a case: enough for an alarm on a day of periods of five minutes, which takes seconds.
const MOST_PERIODS: u32 = 300;

/// A value of each series that a case has, by name; `None` is no datapoint.
type Values = BTreeMap<String, Option<f64>>;

/// The firing and the silent case of an alarm. `None` where no combination of plain values makes it fire, or be OK; so
/// for alarms on several Metrics Insights queries, and for those that need many periods.
pub fn generate(subject: &Subject) -> Option<[Case; 2]> {
    match subject {
        Subject::Metric(definition) => of_metric(definition, subject),
        Subject::Composite(composite) => of_composite(composite, subject),
    }
}

fn of_metric(definition: &Definition, subject: &Subject) -> Option<[Case; 2]> {
    let warm_up = definition.warm_up.map_or(0, |warm_up| {
        (warm_up.minutes * 60).div_ceil(definition.period)
    });
    // Beyond the periods that are evaluated those that are read too, so that no earlier one has a say.
    let periods = definition
        .evaluation_periods
        .checked_add(3)?
        .checked_add(warm_up)?;
    let queries = definition.queries();
    let observed = match queries.as_slice() {
        [] => None,
        [(_, query)] => Some((query.example()?, query.function.statistic())),
        _ => return None,
    };
    if periods > MOST_PERIODS {
        return None;
    }
    let statistic = |name: &str| {
        let mut inputs = definition.inputs().iter();
        let input = inputs.find(|input| input.id == name);
        let observed = observed.iter().find(|(example, _)| example == name);
        let of_query = observed.map(|(_, statistic)| *statistic);
        let own = input.map(|input| input.statistic);
        own.or(of_query).unwrap_or(Statistic::Average)
    };
    let names: Vec<String> = definition
        .inputs()
        .iter()
        .map(|input| input.id.clone())
        .chain(definition.supplied())
        .chain(observed.iter().map(|(example, _)| example.clone()))
        .collect();
    let token = |name: &str, value: Option<f64>| token(statistic(name), value);
    let constant = |values: &Values| {
        let series = values
            .iter()
            .map(|(name, value)| (name.clone(), format!("{}x{periods}", token(name, *value))))
            .collect();
        last_state(series, subject)
    };
    let all = combinations(&names, &candidates(definition));
    let states: Vec<(Values, State)> = all
        .into_iter()
        .filter_map(|values| constant(&values).map(|state| (values, state)))
        .collect();
    let find = |wanted| states.iter().find(|(_, state)| *state == wanted);
    let ((normal, _), (breaching, _)) = (find(State::Ok)?, find(State::Alarm)?);
    let firing = names
        .iter()
        .map(|name| {
            let (normal, breaching) = (token(name, normal[name]), token(name, breaching[name]));
            let tokens = format!("{normal}x{periods} {breaching}x{periods} {normal}x{periods}");
            (name.clone(), tokens)
        })
        .collect();
    let silent = names
        .iter()
        .map(|name| {
            (
                name.clone(),
                format!("{}x{periods}", token(name, normal[name])),
            )
        })
        .collect();
    Some([
        case("fires", firing, subject)?,
        case("stays silent", silent, subject)?,
    ])
}

fn of_composite(composite: &Composite, subject: &Subject) -> Option<[Case; 2]> {
    let mut children: Vec<&str> = composite.rule.children();
    children.sort_unstable();
    children.dedup();
    if children.len() > MOST_CHILDREN {
        return None;
    }
    let series = |mask: usize| -> BTreeMap<String, String> {
        let states = children.iter().enumerate().map(|(index, child)| {
            let state = if mask & (1 << index) == 0 {
                State::Ok
            } else {
                State::Alarm
            };
            ((*child).to_owned(), state.as_str().to_owned())
        });
        states.collect()
    };
    let masks = 0..1_usize << children.len();
    let find = |wanted| {
        masks
            .clone()
            .find(|mask| last_state(series(*mask), subject) == Some(wanted))
    };
    let (normal, breaching) = (series(find(State::Ok)?), series(find(State::Alarm)?));
    let firing = normal
        .iter()
        .map(|(child, normal)| {
            (
                child.clone(),
                format!("{normal} {} {normal}", breaching[child]),
            )
        })
        .collect();
    Some([
        case("fires", firing, subject)?,
        case("stays silent", normal, subject)?,
    ])
}

/// The case with the states that the alarm has in it.
fn case(name: &str, series: BTreeMap<String, String>, subject: &Subject) -> Option<Case> {
    let mut case = unnamed(series);
    case.states = in_runs(&states(&case, subject)?);
    name.clone_into(&mut case.name);
    Some(case)
}

fn last_state(series: BTreeMap<String, String>, subject: &Subject) -> Option<State> {
    states(&unnamed(series), subject)?.last().copied()
}

fn states(case: &Case, subject: &Subject) -> Option<Vec<State>> {
    let steps = case.steps(subject).ok()?;
    Some(steps.into_iter().map(|step| step.state).collect())
}

fn unnamed(series: BTreeMap<String, String>) -> Case {
    Case {
        name: String::new(),
        series,
        states: String::new(),
        actions: None,
        contributors: BTreeMap::new(),
        resolution: None,
        start: None,
    }
}

/// States as tokens: `OKx3 ALARM`.
fn in_runs(states: &[State]) -> String {
    let runs = states.chunk_by(|one, next| one == next);
    let tokens = runs.map(|run| match run.len() {
        1 => run[0].as_str().to_owned(),
        length => format!("{}x{length}", run[0].as_str()),
    });
    tokens.collect::<Vec<_>>().join(" ")
}

/// Values around the threshold, and round ones; no datapoint last.
fn candidates(definition: &Definition) -> Vec<Option<f64>> {
    let threshold = definition.threshold.value().unwrap_or(10.0);
    // A tenth of the threshold, and at least one where it is a whole number.
    let step = if threshold.fract() == 0.0 {
        (threshold.abs() / 10.0).round().max(1.0)
    } else {
        threshold.abs() / 10.0
    };
    let mut values = vec![
        0.0,
        threshold - step,
        threshold + step,
        threshold,
        1.0,
        100.0,
        1_000.0,
        threshold * 2.0,
        threshold / 2.0,
    ];
    values.retain(|value| value.is_finite() && (*value >= 0.0 || threshold <= 0.0));
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&Some(value)) {
            seen.push(Some(value));
        }
    }
    seen.push(None);
    seen
}

/// All series with one value, then all but one of them.
fn combinations(names: &[String], values: &[Option<f64>]) -> Vec<Values> {
    let equal =
        |value: Option<f64>| -> Values { names.iter().map(|name| (name.clone(), value)).collect() };
    let mut all: Vec<Values> = values.iter().map(|value| equal(*value)).collect();
    if names.len() < 2 {
        return all;
    }
    for &value in values {
        for name in names {
            for &other in values.iter().filter(|other| **other != value) {
                let mut one = equal(value);
                one.insert(name.clone(), other);
                all.push(one);
            }
        }
    }
    all
}

/// A period's token that has the value in the statistic.
fn token(statistic: Statistic, value: Option<f64>) -> String {
    let Some(value) = value else {
        return "_".to_owned();
    };
    match statistic {
        Statistic::SampleCount if value < 1.0 => "_".to_owned(),
        Statistic::SampleCount => format!("1*{}", value.round()),
        Statistic::Sum | Statistic::Average | Statistic::Minimum | Statistic::Maximum => {
            value.to_string()
        }
        // Enough values for a percentile of few samples to count.
        _ => format!("{value}*1000"),
    }
}

#[cfg(test)]
mod tests;
