//! Which datapoints make an alarm fire and clear: a case of `alarms.test.yaml`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use picket_alarms::{
    Definition, Input, Sample,
    cases::{Case, Subject, Suite, tokens},
    template::Resolved,
};
use picket_shared::alarm::State;

/// An alarm, and a case in which it fires and clears.
#[derive(Debug, Clone)]
pub(super) struct Play {
    /// The alarm's name.
    pub(super) alarm: String,
    /// Its definition.
    pub(super) definition: Definition,
    case: Case,
}

/// A period of a play.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// When it begins: the time of its datapoints.
    pub(super) starts_at: Timestamp,
    /// When it ends, and the alarm is evaluated.
    pub(super) ends_at: Timestamp,
    /// The samples by the number of the alarm's input.
    pub(super) samples: Vec<(usize, Sample)>,
    /// The state after it.
    pub(super) state: State,
}

/// A play for each metric alarm of a stack. Composite alarms follow others.
pub(super) fn plays(resolved: &Resolved, suites: &[Suite]) -> Result<Vec<Play>> {
    let mut plays = Vec::new();
    for alarm in resolved.alarms()? {
        let Some(definition) = metric(&alarm.subject) else {
            continue;
        };
        let suite = suites.iter().find(|suite| suite.alarm == alarm.id);
        let suite = suite.with_context(|| format!("{} has no cases", alarm.id))?;
        let found = suite
            .cases
            .iter()
            .find_map(|case| cleared(case, definition));
        plays.push(Play {
            case: found
                .with_context(|| format!("{} has no case that fires and clears", alarm.id))?,
            alarm: alarm.name,
            definition: definition.clone(),
        });
    }
    Ok(plays)
}

/// The definition of an alarm on metrics.
pub(super) fn metric(subject: &Subject) -> Option<&Definition> {
    match subject {
        Subject::Metric(definition) => Some(definition),
        Subject::Composite(_) => None,
    }
}

/// The case, longer by the periods in which the alarm clears. `None` if it does not fire or does not clear.
fn cleared(case: &Case, definition: &Definition) -> Option<Case> {
    // A late datapoint or a time of day cannot be had in a time-lapse.
    let is_late = case.series.values().any(|tokens| tokens.contains('@'));
    if is_late || case.start.is_some() || !definition.supplied().is_empty() {
        return None;
    }
    let subject = Subject::Metric(Box::new(definition.clone()));
    // As many more periods of the kind that the case begins with, until none that fired is left in the window.
    let periods = usize::try_from(definition.evaluation_periods).ok()? + 2;
    (0..=periods).find_map(|more| {
        let longer = longer(case, more);
        let states = longer.steps(&subject).ok()?;
        let fired = states.iter().any(|step| step.state == State::Alarm);
        let is_over = states.last()?.state == State::Ok;
        (fired && is_over).then_some(longer)
    })
}

fn longer(case: &Case, more: usize) -> Case {
    let mut case = case.clone();
    for text in case.series.values_mut() {
        let mut all = tokens::texts(text);
        let first = all.first().cloned().unwrap_or_default();
        all.extend(std::iter::repeat_n(first, more));
        *text = all.join(" ");
    }
    case
}

/// When plays end: those that share a metric are one before the other, so that none sees datapoints of another.
#[derive(Debug)]
pub(super) struct Ends {
    now: Timestamp,
    /// The beginning of the last play of a metric.
    begun: BTreeMap<String, Timestamp>,
}

impl Ends {
    /// The last play of a metric ends at `now` or just before.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            begun: BTreeMap::new(),
        }
    }

    /// The periods of the next play.
    pub(super) fn moments(&mut self, play: &Play) -> Result<Vec<Moment>> {
        let metrics: Vec<String> = play.definition.inputs().iter().map(metric_key).collect();
        let begun = metrics.iter().filter_map(|metric| self.begun.get(metric));
        let end = begun.min().copied().unwrap_or(self.now);
        let moments = play.moments(end)?;
        if let Some(first) = moments.first() {
            let begun = metrics.into_iter().map(|metric| (metric, first.starts_at));
            self.begun.extend(begun);
        }
        Ok(moments)
    }
}

/// What distinguishes an input's metric from others.
pub(super) fn metric_key(input: &Input) -> String {
    let (namespace, name) = (&input.namespace, &input.metric_name);
    format!("{namespace} {name} {:?}", input.dimensions)
}

impl Play {
    /// Its periods, the last of which ends at `now` or just before.
    pub(super) fn moments(&self, now: Timestamp) -> Result<Vec<Moment>> {
        let seconds = i64::from(
            self.case
                .resolution
                .unwrap_or(self.definition.period)
                .max(1),
        );
        let resolution = SignedDuration::from_secs(seconds);
        let series = self.series()?;
        let count = series.first().map_or(0, |(_, samples)| samples.len());
        let end = Timestamp::from_second(now.as_second().div_euclid(seconds) * seconds)?;
        let first = i64::try_from(count)? * seconds;
        let start = end - SignedDuration::from_secs(first);
        let mut case = self.case.clone();
        case.start = Some(start);
        let subject = Subject::Metric(Box::new(self.definition.clone()));
        let states = case.steps(&subject)?;
        let of_period = |number: usize| {
            let with_samples = series.iter().flat_map(|(input, samples)| {
                samples[number]
                    .iter()
                    .map(|(sample, _)| (*input, sample.clone()))
            });
            with_samples.collect::<Vec<_>>()
        };
        Ok(states
            .iter()
            .enumerate()
            .map(|(number, step)| Moment {
                starts_at: step.at - resolution,
                ends_at: step.at,
                samples: of_period(number),
                state: step.state,
            })
            .collect())
    }

    /// The samples of a quiet period by the number of the alarm's input: those of the first period, whose state is
    /// OK. A case that begins with nothing or otherwise has none.
    pub(super) fn quiet(&self) -> Result<Vec<(usize, Sample)>> {
        let subject = Subject::Metric(Box::new(self.definition.clone()));
        let first = self.case.steps(&subject)?.first().map(|step| step.state);
        if first != Some(State::Ok) {
            return Ok(Vec::new());
        }
        let of_first = |(input, samples): (usize, Vec<Vec<tokens::Arrival>>)| {
            let first = samples.into_iter().next().unwrap_or_default();
            first.into_iter().map(move |(sample, _)| (input, sample))
        };
        Ok(self.series()?.into_iter().flat_map(of_first).collect())
    }

    /// The samples of each input, a list a period.
    fn series(&self) -> Result<Vec<(usize, Vec<Vec<tokens::Arrival>>)>> {
        let inputs = self.definition.inputs();
        let mut all = Vec::new();
        for (name, text) in &self.case.series {
            let Some(input) = inputs.iter().position(|input| input.id == *name) else {
                bail!(
                    "the case has the series {name}, and the alarm {} does not read it",
                    self.alarm
                );
            };
            all.push((input, tokens::samples(text)?));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition() -> Definition {
        Definition::from_properties(&json!({
            "AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum",
            "Period": 300, "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
        }))
        .unwrap()
    }

    fn case(series: &str) -> Case {
        Case {
            name: "a case".into(),
            series: [("Errors".to_owned(), series.to_owned())].into(),
            states: "ALARM".into(),
            actions: None,
            resolution: None,
            start: None,
            contributors: BTreeMap::new(),
        }
    }

    #[test]
    fn a_case_that_stays_in_alarm_is_played_until_it_is_over() {
        let longer = cleared(&case("0 9 9"), &definition()).unwrap();
        assert_eq!(longer.series["Errors"], "0 9 9 0");
        assert!(cleared(&case("0 9 0"), &definition()).is_none());
        assert!(cleared(&case("9 9 9"), &definition()).is_none());
        assert!(cleared(&case("0 9 9@30"), &definition()).is_none());
    }

    #[test]
    fn plays_of_one_metric_are_one_before_the_other() {
        let play = |alarm: &str| Play {
            alarm: alarm.into(),
            definition: definition(),
            case: cleared(&case("0 9 9"), &definition()).unwrap(),
        };
        let mut ends = Ends::new(Timestamp::from_second(10_000).unwrap());
        let first = ends.moments(&play("errors")).unwrap();
        let second = ends.moments(&play("more errors")).unwrap();
        let starts = |moments: &[Moment]| moments[0].starts_at.as_second();
        assert_eq!((starts(&first), starts(&second)), (8_700, 7_500));
        assert_eq!(second.last().unwrap().ends_at, first[0].starts_at);
    }

    #[test]
    fn the_quiet_samples_are_those_of_a_first_period_that_is_ok() {
        let quiet = |series: &str| {
            let play = Play {
                alarm: "errors".into(),
                definition: definition(),
                case: case(series),
            };
            play.quiet().unwrap()
        };
        assert_eq!(quiet("2 9 9 0"), [(0, Sample::Values(vec![(2.0, 1.0)]))]);
        assert_eq!(quiet("_ 9 9 0"), []);
    }

    #[test]
    fn a_play_ends_with_the_last_whole_period() {
        let play = Play {
            alarm: "errors".into(),
            definition: definition(),
            case: cleared(&case("0 9 9"), &definition()).unwrap(),
        };
        let moments = play
            .moments(Timestamp::from_second(10_000).unwrap())
            .unwrap();
        let times: Vec<i64> = moments
            .iter()
            .map(|moment| moment.ends_at.as_second())
            .collect();
        assert_eq!(times, [9_000, 9_300, 9_600, 9_900]);
        let states: Vec<State> = moments.iter().map(|moment| moment.state).collect();
        assert_eq!(states, [State::Ok, State::Ok, State::Alarm, State::Ok]);
        assert_eq!(moments[1].samples, [(0, Sample::Values(vec![(9.0, 1.0)]))]);
    }
}
