//! What is wrong with an alarm, as far as its definition shows it: configurations that CloudWatch accepts and that do
//! not do what their author expects.

mod described;

use jiff::Timestamp;
use serde::Serialize;
use strum::{EnumDiscriminants, IntoStaticStr};

use crate::{
    Comparison, Definition, MissingData, Statistic,
    composite::Composite,
    expression::{Expression, Function, Operator},
    mute::MuteRule,
};

pub use described::{History, WITHOUT_DATA, of_described};

/// Something that is wrong with an alarm, or looks so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, EnumDiscriminants, strum::Display)]
#[serde(rename_all = "kebab-case", tag = "finding")]
#[strum_discriminants(
    name(FindingKind),
    derive(IntoStaticStr),
    strum(serialize_all = "kebab-case")
)]
#[strum_discriminants(doc = "The kind of a finding, named as in JSON: `no-ok-action`.")]
pub enum Finding {
    /// `ActionsEnabled` is false.
    #[strum(to_string = "its actions are disabled: nobody is notified")]
    ActionsDisabled,
    /// A mute rule holds its actions back.
    #[strum(to_string = "the mute rule {rule} holds its actions back until {until}")]
    Muted {
        /// The rule's name.
        rule: String,
        /// The end of the muting.
        until: Timestamp,
    },
    /// No action for ALARM.
    #[strum(to_string = "it has no action for ALARM: nobody is notified")]
    NoAlarmAction,
    /// No action for OK.
    #[strum(to_string = "it has no action for OK: an incident that it opens stays open")]
    NoOkAction,
    /// Actions for a state that its treatment of missing data excludes ("Configuring how CloudWatch alarms treat missing
    /// data" in the CloudWatch User Guide).
    #[strum(
        to_string = "its actions for INSUFFICIENT_DATA are never taken: TreatMissingData is {treatment}"
    )]
    UnreachableActions {
        /// The treatment.
        treatment: &'static str,
    },
    /// A lower limit of a count, whose metric has no datapoints when nothing happens at all.
    #[strum(
        to_string = "it watches for too few events, and no event at all leaves no datapoint: with TreatMissingData \
                     {treatment} that is no ALARM; breaching is"
    )]
    SilenceIsNoAlarm {
        /// The treatment.
        treatment: &'static str,
    },
    /// An upper limit of a count, with missing data taken as unknown.
    #[strum(
        to_string = "it counts events, and periods without one may have no datapoint: with TreatMissingData missing \
                     it turns to INSUFFICIENT_DATA between them, and notifies of each ALARM anew; notBreaching does not"
    )]
    GapsAreUnknown,
    /// A lower limit of a sum of several series.
    #[strum(
        to_string = "a series of its sum that has no datapoint counts as 0 (metric math), so that missing data may \
                     look like a low value; FILL or IF says what is right"
    )]
    MissingCountsAsZero,
    /// An upper limit of a quotient without a condition.
    #[strum(
        to_string = "it watches a rate without a least volume: one failure of one request is 100 %; \
                     IF(requests >= N, rate, 0) gives it one"
    )]
    RateWithoutVolume,
    /// A period of less than a minute on a metric of AWS.
    #[strum(
        to_string = "its period is {period} s, and metrics of AWS's own namespaces have one datapoint a minute or less \
                     often ({namespace})"
    )]
    HighResolutionOfAws {
        /// Seconds.
        period: u32,
        /// The namespace.
        namespace: String,
    },
    /// A unit: datapoints with another one do not count.
    #[strum(
        to_string = "it reads only datapoints with the unit {unit}: with another unit, or none, the alarm has no data \
                     (PutMetricAlarm advises to leave Unit out)"
    )]
    UnitGiven {
        /// The unit.
        unit: String,
    },
    /// The newest period is filled before its datapoint arrives.
    #[strum(
        to_string = "FILL gives the newest period a value before its datapoint arrives, and one period of a minute or \
                     less decides: use more evaluation periods than datapoints to alarm"
    )]
    FillBeforeArrival,
    /// A function whose result depends on how many periods CloudWatch reads.
    #[strum(
        to_string = "{function} depends on how many periods CloudWatch reads, which is not published"
    )]
    DependsOnRange {
        /// The function.
        function: &'static str,
    },
    /// AWS does not publish its metric with its dimensions.
    #[strum(to_string = "{reason}, as far as the catalogue of AWS's metrics goes")]
    UnknownMetric {
        /// What is not known, and what is nearest to it.
        reason: String,
    },
    /// It has had no data for long.
    #[strum(
        to_string = "it has had no data for {days} days: its metric, dimensions, unit or period do not exist, or                      nothing publishes it"
    )]
    NoData {
        /// Whole days.
        days: i64,
    },
    /// Its state stands on missing data for long.
    #[strum(
        to_string = "it is {state} for {days} days since missing data count so, and not because of its metric"
    )]
    StateOfMissingData {
        /// The state.
        state: String,
        /// Whole days.
        days: i64,
    },
    /// It was not in ALARM in the history that was read.
    #[strum(
        to_string = "it was not in ALARM in the last 30 days, by a drill or otherwise: whether it notifies anyone is                      untested (picket drill)"
    )]
    NeverInAlarm,
}

/// Returns what is wrong with a metric alarm.
pub fn of(definition: &Definition) -> Vec<Finding> {
    let mut findings = of_actions(
        definition.actions_enabled,
        &definition.alarm_actions,
        &definition.ok_actions,
    );
    findings.extend(of_missing_data(definition));
    findings.extend(of_math(definition));
    findings.extend(of_inputs(definition));
    findings
}

/// Returns the rules that mute an alarm at a time.
pub fn of_mutes<'a>(rules: impl Iterator<Item = &'a MuteRule>, now: Timestamp) -> Vec<Finding> {
    let muted = |rule: &MuteRule| {
        Some(Finding::Muted {
            rule: rule.name.clone(),
            until: rule.until(now)?,
        })
    };
    rules.filter_map(muted).collect()
}

/// Returns what is wrong with a composite alarm.
pub fn of_composite(composite: &Composite) -> Vec<Finding> {
    of_actions(
        composite.actions_enabled,
        &composite.alarm_actions,
        &composite.ok_actions,
    )
}

fn of_actions(enabled: bool, alarm: &[String], ok: &[String]) -> Vec<Finding> {
    match (enabled, alarm.is_empty(), ok.is_empty()) {
        (false, ..) => vec![Finding::ActionsDisabled],
        (true, true, _) => vec![Finding::NoAlarmAction],
        (true, false, true) => vec![Finding::NoOkAction],
        (true, false, false) => vec![],
    }
}

fn of_missing_data(definition: &Definition) -> Vec<Finding> {
    let treatment = definition.missing_data.as_str();
    let mut findings = vec![];
    let decides = matches!(
        definition.missing_data,
        MissingData::Breaching | MissingData::NotBreaching
    );
    if decides && !definition.insufficient_data_actions.is_empty() {
        findings.push(Finding::UnreachableActions { treatment });
    }
    let [input] = definition.inputs() else {
        return findings;
    };
    let counts = matches!(input.statistic, Statistic::Sum | Statistic::SampleCount);
    if !counts || !definition.named().is_empty() {
        return findings;
    }
    match (definition.comparison, definition.missing_data) {
        (Comparison::LessThan | Comparison::LessThanOrEqualTo, missing)
            if missing != MissingData::Breaching =>
        {
            findings.push(Finding::SilenceIsNoAlarm { treatment });
        }
        (Comparison::GreaterThan | Comparison::GreaterThanOrEqualTo, MissingData::Missing) => {
            findings.push(Finding::GapsAreUnknown);
        }
        _ => {}
    }
    findings
}

fn of_math(definition: &Definition) -> Vec<Finding> {
    let mut findings = vec![];
    let calls: Vec<Function> = definition
        .maths()
        .flat_map(Expression::calls)
        .map(|(function, _)| function)
        .collect();
    let calls_one_of = |functions: &[Function]| calls.iter().any(|call| functions.contains(call));
    let has = |operator| definition.maths().any(|math| math.uses(operator));
    let is_lower = matches!(
        definition.comparison,
        Comparison::LessThan | Comparison::LessThanOrEqualTo
    );
    if is_lower && has(Operator::Add) && !calls_one_of(&[Function::Fill, Function::If]) {
        findings.push(Finding::MissingCountsAsZero);
    }
    if !is_lower
        && definition.maths().any(Expression::divides_by_a_series)
        && !calls_one_of(&[Function::If])
    {
        findings.push(Finding::RateWithoutVolume);
    }
    // A longer period is evaluated again each minute, so that what arrives a little late still counts.
    if calls_one_of(&[Function::Fill])
        && definition.evaluation_periods == 1
        && definition.period <= 60
    {
        findings.push(Finding::FillBeforeArrival);
    }
    let mut ranged = definition.range_dependent();
    ranged.sort_unstable();
    ranged.dedup();
    findings.extend(
        ranged
            .into_iter()
            .map(|function| Finding::DependsOnRange { function }),
    );
    findings
}

fn of_inputs(definition: &Definition) -> Vec<Finding> {
    let mut findings = vec![];
    for input in definition.inputs() {
        if definition.period < 60 && input.namespace.starts_with("AWS/") {
            findings.push(Finding::HighResolutionOfAws {
                period: definition.period,
                namespace: input.namespace.clone(),
            });
        }
        if let Some(unit) = &input.unit {
            findings.push(Finding::UnitGiven { unit: unit.clone() });
        }
    }
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests;
