//! The series of an alarm in answers of `GetMetricData`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    answers::{Answers, Recorded},
    groups,
    queries::{Needed, Part, needed},
    resolution::{kept_for, reads_whole_periods},
};
use crate::{Definition, Puts, Sample, Statistic, Window};

/// Periods of the data for which the queries are looked for, seconds; beside these the alarm's own.
const SECONDS: [u32; 4] = [10, 60, 300, 3_600];

/// What an alarm reads, from recorded datapoints.
#[derive(Debug, Clone)]
pub struct Series {
    pub(super) puts: Puts,
    /// Seconds of a datapoint.
    pub seconds: u32,
    /// How long CloudWatch keeps such datapoints.
    pub kept: SignedDuration,
    /// The times of the first and of the last datapoint.
    range: Option<(Timestamp, Timestamp)>,
}

/// The reason why the series of an alarm are not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSeries {
    /// A function of AWS with more than a metric.
    #[error(
        "it is on a function that only AWS can compute of more than a metric: the answers do not have what it reads"
    )]
    NotQueried,
    /// A series is not in the answers.
    #[error("the answers have no series for {0}: ask for the queries that --queries prints")]
    Absent(String),
    /// Datapoints further apart than the alarm's periods.
    #[error("the datapoints of {name} are {spacing} s apart, and the alarm's period is {period} s")]
    Coarse {
        /// The input.
        name: String,
        /// Seconds between datapoints.
        spacing: i64,
        /// Seconds.
        period: u32,
    },
}

impl Series {
    /// Finds an alarm's series: by the ids of [`super::queries`]. Where these are not there, of one alarm alone
    /// (`is_only`) by the ids of its own `Metrics`, otherwise by a label that is the metric's name and that just one
    /// series has; such datapoints are of the alarm's period and statistic.
    pub fn of(definition: &Definition, answers: &Answers, is_only: bool) -> Result<Self, NoSeries> {
        let shorter = SECONDS
            .into_iter()
            .filter(|_| !reads_whole_periods(definition));
        let by_query = shorter
            .chain([definition.period])
            .filter(|seconds| definition.period.is_multiple_of(*seconds));
        for seconds in by_query {
            let needed = needed(definition, seconds).ok_or(NoSeries::NotQueried)?;
            let found: Vec<Vec<&Recorded>> = needed
                .iter()
                .map(|one| answers.all_by_id(one.id()))
                .collect();
            if found.iter().all(|found| !found.is_empty()) {
                return Ok(Self::new(definition, seconds, &needed, &found));
            }
        }
        Self::by_name(definition, answers, is_only)
    }

    fn by_name(
        definition: &Definition,
        answers: &Answers,
        is_only: bool,
    ) -> Result<Self, NoSeries> {
        let needed = needed(definition, definition.period).ok_or(NoSeries::NotQueried)?;
        let is_value = |part: Part| matches!(part, Part::Value | Part::Groups);
        let values: Vec<Needed> = needed
            .into_iter()
            .filter(|one| is_value(one.part))
            .collect();
        let mut found = Vec::new();
        for one in &values {
            let input = definition
                .inputs()
                .iter()
                .find(|input| input.id == one.name);
            let name = input.map_or(&one.name, |input| &input.metric_name);
            let mut series = if is_only {
                answers.all_by_id(&one.name)
            } else {
                Vec::new()
            };
            if series.is_empty() {
                series.extend(answers.by_label(name));
            }
            if series.is_empty() {
                return Err(NoSeries::Absent(name.clone()));
            }
            for one in &series {
                check_spacing(name, one, definition.period)?;
            }
            found.push(series);
        }
        Ok(Self::new(definition, definition.period, &values, &found))
    }

    fn new(
        definition: &Definition,
        seconds: u32,
        needed: &[Needed],
        found: &[Vec<&Recorded>],
    ) -> Self {
        let mut puts = Puts::default();
        let length = SignedDuration::from_secs(i64::from(seconds));
        groups::put(&mut puts, definition, length, needed.iter().zip(found));
        let parts = |name: &str, part: Part| {
            let mut both = needed.iter().zip(found);
            let found = both.find(|(one, _)| one.name == name && one.part == part);
            found
                .and_then(|(_, found)| found.first())
                .map(|found| &found.points)
        };
        for one in needed
            .iter()
            .filter(|one| matches!(one.part, Part::Value | Part::Sum))
        {
            let input = definition
                .inputs()
                .iter()
                .find(|input| input.id == one.name);
            let counts = parts(&one.name, Part::Count);
            let points = parts(&one.name, one.part).into_iter().flatten();
            for (at, value) in points {
                let statistic = input.map(|input| input.statistic);
                let count = counts.and_then(|counts| counts.get(at)).copied();
                let sample = sample(statistic, one.part, *value, count);
                puts.put(&one.name, *at, *at + length, sample);
            }
        }
        let all = || found.iter().flatten();
        let first = all().filter_map(|one| one.points.keys().next()).min();
        let last = all().filter_map(|one| one.points.keys().next_back()).max();
        Self {
            puts,
            seconds,
            kept: kept_for(definition, seconds),
            range: first.copied().zip(last.copied()),
        }
    }

    /// When the datapoints end; `None` without datapoints.
    pub fn end(&self) -> Option<Timestamp> {
        let (_, last) = self.range?;
        Some(last + SignedDuration::from_secs(i64::from(self.seconds)))
    }

    /// The start of the evaluation, where data are wanted from `start` to `end`: not before CloudWatch still has such
    /// data, unless there are earlier ones, which were recorded earlier.
    pub fn start(&self, start: Timestamp, end: Timestamp) -> Timestamp {
        let kept = end.saturating_sub(self.kept).unwrap_or(start);
        let first = self.range.map_or(kept, |(first, _)| first);
        start.max(kept.min(first))
    }

    /// The times at which the alarm is evaluated: as often as CloudWatch does, or as often as there are datapoints.
    pub(super) fn times(
        &self,
        definition: &Definition,
        start: Timestamp,
        end: Timestamp,
    ) -> impl Iterator<Item = Timestamp> + use<> {
        let (own, data) = (definition.step(), i64::from(self.seconds));
        let step = own / gcd(own, data) * data;
        // Where data are coarser the evaluations are at the ends of datapoints.
        let phase = match self.range {
            Some((first, _)) if own % data != 0 => first.as_second().rem_euclid(step),
            _ => 0,
        };
        let definition = definition.clone();
        let begin = start.as_second() - phase;
        let first =
            (begin.div_euclid(step) + i64::from(begin.rem_euclid(step) != 0)) * step + phase;
        (0..)
            .map_while(move |count| Timestamp::from_second(first + count * step).ok())
            .take_while(move |at| *at <= end)
            .skip_while(move |at| {
                Window::of(&definition, *at)
                    .starts
                    .first()
                    .is_none_or(|first| *first < start)
            })
    }
}

/// An alarm as it reads recorded series: without a warm-up, and trimmed statistics as they are.
pub(super) fn as_recorded(definition: &Definition) -> Definition {
    let mut definition = definition.clone();
    definition.warm_up = None;
    definition.map_statistics(|statistic| match statistic {
        Statistic::Percentile(_) => statistic,
        other if other.is_extended() => Statistic::Average,
        other => other,
    });
    definition
}

/// A sample of which the statistic is the value.
fn sample(statistic: Option<Statistic>, part: Part, value: f64, count: Option<f64>) -> Sample {
    match (statistic, part, count) {
        (Some(Statistic::SampleCount), ..) => Sample::Set {
            count: value,
            sum: 0.0,
            minimum: 0.0,
            maximum: 0.0,
        },
        (_, Part::Sum, Some(count)) => Sample::Set {
            count,
            sum: value,
            minimum: value / count,
            maximum: value / count,
        },
        (_, Part::Value, Some(count)) => Sample::Set {
            count,
            sum: value * count,
            minimum: value,
            maximum: value,
        },
        _ => Sample::Values(vec![(value, 1.0)]),
    }
}

/// Most datapoints further apart than a period are of another period.
fn check_spacing(name: &str, series: &Recorded, period: u32) -> Result<(), NoSeries> {
    let times = series.points.keys().zip(series.points.keys().skip(1));
    let mut spacings = BTreeMap::<i64, usize>::new();
    for (earlier, later) in times {
        *spacings
            .entry(later.duration_since(*earlier).as_secs())
            .or_default() += 1;
    }
    let most = spacings.iter().max_by_key(|(_, count)| **count);
    match most {
        Some((&spacing, &count))
            if spacing != i64::from(period) && 2 * count > series.points.len() =>
        {
            Err(NoSeries::Coarse {
                name: name.to_owned(),
                spacing,
                period,
            })
        }
        _ => Ok(()),
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
