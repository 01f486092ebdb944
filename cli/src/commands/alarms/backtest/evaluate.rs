//! The evaluation of the alarms over the metrics.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_alarms::{
    Definition,
    backtest::{Answers, AtThreshold, Backtest, Series, candidates, composite},
    insights::MOST_SERIES,
};

use super::{
    alarms::{Alarm, Chosen, Kind},
    contributors::Contributors,
    counts::Counts,
    past::{Known, Past, Row},
};
use crate::{arguments::Thresholds, commands::alarms::list::sign, period::Period};

/// Recorded metrics and their time.
pub(super) struct Data {
    pub(super) answers: Answers,
    start: Timestamp,
    /// `None`: the end of the last datapoint.
    end: Option<Timestamp>,
}

impl Data {
    /// What CloudWatch answered for a period.
    pub(super) fn of_cloudwatch(answers: Answers, period: &Period) -> Self {
        Self {
            answers,
            start: period.from,
            end: Some(period.to),
        }
    }

    /// Recorded answers; `None` where they have no datapoint and no time is given.
    pub(super) fn recorded(
        answers: Answers,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
    ) -> Option<Self> {
        let (first, _) = answers.range().or(start.zip(end))?;
        Some(Self {
            answers,
            start: start.unwrap_or(first),
            end,
        })
    }
}

/// Evaluates the metric alarms, then the composite ones over them.
pub(super) fn all(chosen: &Chosen, data: &Data, thresholds: Option<&Thresholds>) -> Vec<Past> {
    let metrics = chosen
        .0
        .iter()
        .filter(|alarm| matches!(alarm.kind, Kind::Metric { .. }));
    let is_only = metrics.count() == 1;
    let found: Vec<Option<Result<Found<'_>, String>>> = chosen
        .0
        .iter()
        .map(|alarm| Found::of(alarm, data, is_only))
        .collect();
    let ends = found
        .iter()
        .flatten()
        .flatten()
        .filter_map(|found| found.series.end());
    let end = data.end.or(ends.max()).unwrap_or(data.start);
    let mut known: BTreeMap<String, Backtest> = BTreeMap::new();
    let mut pasts: BTreeMap<usize, Result<Known, String>> = BTreeMap::new();
    for (index, (alarm, found)) in chosen.0.iter().zip(found).enumerate() {
        let Some(found) = found else {
            continue;
        };
        let past = found.map(|found| found.past((data.start, end), thresholds));
        if let Ok(past) = &past {
            known.insert(alarm.name.clone(), past.backtest.clone());
        }
        pasts.insert(index, past);
    }
    composites(chosen, &mut known, &mut pasts);
    let numbered = chosen.0.iter().enumerate();
    numbered
        .filter_map(|(index, alarm)| Some(Past::of(alarm, pasts.remove(&index)?)))
        .collect()
}

/// Composite alarms can be over composite alarms: each round evaluates those whose children are known.
fn composites(
    chosen: &Chosen,
    known: &mut BTreeMap<String, Backtest>,
    pasts: &mut BTreeMap<usize, Result<Known, String>>,
) {
    loop {
        let before = known.len();
        for (index, alarm) in chosen.0.iter().enumerate() {
            let Kind::Composite(rule) = &alarm.kind else {
                continue;
            };
            if matches!(pasts.get(&index), Some(Ok(_))) {
                continue;
            }
            let past = composite(rule, known)
                .map(|backtest| Known::of(backtest, None, String::new()))
                .map_err(|absent| format!("these are not evaluated: {}", absent.join(", ")));
            if let Ok(past) = &past {
                known.insert(alarm.name.clone(), past.backtest.clone());
            }
            pasts.insert(index, past);
        }
        if known.len() == before {
            return;
        }
    }
}

/// A metric alarm and its series.
struct Found<'a> {
    definition: &'a Definition,
    series: Series,
}

impl<'a> Found<'a> {
    /// `None` of a composite alarm.
    fn of(alarm: &'a Alarm, data: &Data, is_only: bool) -> Option<Result<Self, String>> {
        let definition = match &alarm.kind {
            Kind::Metric { definition, .. } => definition,
            Kind::Not(reason) => return Some(Err(reason.clone())),
            Kind::Composite(_) => return None,
        };
        let series = Series::of(definition, &data.answers, is_only);
        Some(
            series
                .map_err(|error| error.to_string())
                .map(|series| Self { definition, series }),
        )
    }

    fn past(self, (start, end): (Timestamp, Timestamp), thresholds: Option<&Thresholds>) -> Known {
        let Self { definition, series } = self;
        let begin = series.start(start, end);
        let backtest = Backtest::run(definition, &series, begin, end);
        let tried = match thresholds {
            Some(Thresholds(given)) => {
                let mut tried = given.clone();
                tried.extend(definition.threshold.value());
                tried.sort_by(f64::total_cmp);
                tried.dedup();
                tried
            }
            None => candidates(definition, &backtest),
        };
        let rows = AtThreshold::all(definition, &series, (begin, end), &tried).into_iter();
        let mut known = Known::of(backtest, Some(series.seconds), condition(definition));
        if definition.watches_contributors() {
            known.contributors = Some(Contributors::of(&known.backtest));
        }
        known.threshold = definition.threshold.value();
        known.thresholds = rows
            .map(|row| Row {
                threshold: row.threshold,
                counts: row.summary.into(),
                contributors: row.contributors.map(Counts::from),
            })
            .collect();
        known.notes = notes(definition, &series, &known.backtest, begin > start);
        known
    }
}

fn condition(definition: &Definition) -> String {
    let sign = sign(definition.comparison.as_str());
    let threshold = definition
        .threshold
        .value()
        .map_or(String::new(), |value| format!(" {value}"));
    let (m, n) = (
        definition.datapoints_to_alarm,
        definition.evaluation_periods,
    );
    let each = definition
        .contributors_by()
        .map_or(String::new(), |labels| {
            format!(", for each {}", labels.join(" and "))
        });
    format!(
        "{sign}{threshold} in {m} of {n} periods of {} s{each}",
        definition.period
    )
}

fn notes(
    definition: &Definition,
    series: &Series,
    backtest: &Backtest,
    is_cut: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    if is_cut {
        let hours = series.kept.as_hours();
        let time = if hours < 24 {
            format!("{hours} hours")
        } else {
            format!("{} days", hours / 24)
        };
        notes.push(if definition.queries().is_empty() {
            format!(
                "CloudWatch keeps datapoints of {} s for {time}: it begins there",
                series.seconds
            )
        } else {
            format!("Metrics Insights queries reach back {time}: it begins there")
        });
    }
    if backtest.contributors.len() >= MOST_SERIES {
        notes.push(format!(
            "a query returns at most {MOST_SERIES} series: there may be more contributors"
        ));
    }
    if let Some(at) = backtest.left_out {
        notes.push(format!(
            "from {at} on more than 100 contributors breach at once: CloudWatch does not say which ones it leaves in ALARM"
        ));
    }
    if i64::from(series.seconds) > definition.step() {
        notes.push(format!(
            "evaluated every {} s, as the datapoints are; CloudWatch does it every {} s",
            series.seconds,
            definition.step()
        ));
    }
    if !definition.actions_enabled || definition.alarm_actions.is_empty() {
        notes.push("it has no actions in ALARM: it pages nobody".to_owned());
    }
    notes
}
