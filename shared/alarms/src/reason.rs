//! CloudWatch's sentence about an evaluation, and `reasonData`.

mod data;

use jiff::{Timestamp, tz::TimeZone};
use picket_shared::alarm::State;

use crate::{
    Comparison, Definition, MissingData, Threshold,
    evidence::{Evidence, Judged},
};

pub(crate) use data::data;

/// "Alarms evaluating multiple time series will limit the number of contributors in ALARM to 100" (user guide, "Limits
/// that apply to alarms based on Metrics Insights queries").
pub(crate) const MOST_IN_ALARM: usize = 100;

/// CloudWatch lists at most this many datapoints in a sentence.
const MOST_LISTED: usize = 5;

/// Returns the sentence, such as "Threshold Crossed: 2 out of the last 3 datapoints [7.0 (20/11/26 10:00:00), …] were
/// greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition)." The form is that of the examples
/// in "Alarm events and EventBridge" of the user guide; AWS does not publish when the other forms are used.
pub(crate) fn sentence(definition: &Definition, state: State, evidence: &Evidence) -> String {
    if evidence.real.is_empty() {
        return without_data(definition);
    }
    let alarm = state == State::Alarm;
    let mut relevant: Vec<&Judged> = evidence
        .real
        .iter()
        .filter(|judged| judged.breaches == alarm)
        .collect();
    if relevant.is_empty() {
        relevant = evidence.real.iter().collect();
    }
    relevant.reverse();
    let crossed = relevant[0].breaches;
    let shown: Vec<String> = relevant
        .iter()
        .take(MOST_LISTED)
        .map(|judged| listed(judged))
        .collect();
    let verb = if relevant.len() == 1 { "was" } else { "were" };
    let minimum = minimum(definition, crossed);
    format!(
        "{} Crossed: {} out of the last {} datapoints [{}] {verb} {}{} (minimum {minimum} datapoint{} for {} transition).",
        if is_band(definition) {
            "Thresholds"
        } else {
            "Threshold"
        },
        relevant.len(),
        definition.evaluation_periods,
        shown.join(", "),
        compared(definition, &relevant, crossed),
        filled(definition, evidence.filled),
        if minimum == 1 { "" } else { "s" },
        if crossed {
            "OK -> ALARM"
        } else {
            "ALARM -> OK"
        },
    )
}

/// The sentence about contributors, in the words of "Limits that apply to alarms based on Metrics Insights queries" (user
/// guide). They do not say what is written for exactly 100; here it is the number.
pub(crate) fn of_contributors(in_alarm: usize, all: usize) -> String {
    if in_alarm > MOST_IN_ALARM {
        format!("{MOST_IN_ALARM}+ time series evaluated to ALARM")
    } else {
        format!("{in_alarm} out of {all} time series evaluated to ALARM")
    }
}

/// `" and 19 missing datapoints were treated as [NonBreaching]"`, where datapoints are filled in.
fn filled(definition: &Definition, missing: u32) -> String {
    match treatment(definition) {
        Some(treated) if missing > 0 => {
            let (s, verb) = plural(missing);
            format!(" and {missing} missing datapoint{s} {verb} treated as [{treated}]")
        }
        _ => String::new(),
    }
}

/// CloudWatch's word for what datapoints are filled in with.
fn treatment(definition: &Definition) -> Option<&'static str> {
    match definition.missing_data {
        MissingData::Breaching => Some("Breaching"),
        MissingData::NotBreaching => Some("NonBreaching"),
        MissingData::Missing | MissingData::Ignore => None,
    }
}

fn plural(number: u32) -> (&'static str, &'static str) {
    if number == 1 {
        ("", "was")
    } else {
        ("s", "were")
    }
}

fn is_band(definition: &Definition) -> bool {
    matches!(definition.threshold, Threshold::Band(_))
}

/// "not greater than the threshold (5.0)"; of a band "less than the lower thresholds [0.4] or greater than the upper
/// thresholds [0.7]".
fn compared(definition: &Definition, relevant: &[&Judged], crossed: bool) -> String {
    let not = if crossed { "" } else { "not " };
    let list = |of: fn(&Judged) -> f64| {
        let numbers: Vec<String> = relevant
            .iter()
            .take(MOST_LISTED)
            .map(|judged| number(of(judged)))
            .collect();
        numbers.join(", ")
    };
    let lower = || {
        format!(
            "{not}less than the lower thresholds [{}]",
            list(|judged| judged.bounds.lower)
        )
    };
    let upper = || {
        format!(
            "{not}greater than the upper thresholds [{}]",
            list(|judged| judged.bounds.upper)
        )
    };
    match (definition.comparison, &definition.threshold) {
        (Comparison::LessThanLower, _) => lower(),
        (Comparison::GreaterThanUpper, _) => upper(),
        (Comparison::Outside, _) => format!("{} or {}", lower(), upper()),
        (comparison, threshold) => {
            let value = threshold.value().map(number).unwrap_or_default();
            format!("{not}{} the threshold ({value})", words(comparison))
        }
    }
}

/// Returns the number of datapoints that the change of state needs.
fn minimum(definition: &Definition, crossed: bool) -> u32 {
    if crossed {
        definition.datapoints_to_alarm
    } else {
        definition.evaluation_periods - definition.datapoints_to_alarm + 1
    }
}

/// "Insufficient Data: 1 datapoint was unknown." is CloudWatch's in messages that people publish; of `ignore` none is
/// known that names the state.
fn without_data(definition: &Definition) -> String {
    let periods = definition.evaluation_periods;
    let (s, verb) = plural(periods);
    let Some(treated) = treatment(definition) else {
        return format!("Insufficient Data: {periods} datapoint{s} {verb} unknown.");
    };
    format!(
        "Threshold Crossed: no datapoints were received for {periods} period{s} and {periods} missing datapoint{s} {verb} treated as [{treated}]."
    )
}

/// Formats a time as CloudWatch does in JSON: milliseconds, and an offset without a colon.
pub(crate) fn timestamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}

fn listed(judged: &Judged) -> String {
    let at = judged
        .datapoint
        .at
        .to_zoned(TimeZone::UTC)
        .strftime("%d/%m/%y %H:%M:%S");
    format!("{} ({at})", number(judged.datapoint.value))
}

/// Formats a number as Java prints a double: never without a fraction.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThan => "greater than",
        Comparison::GreaterThanOrEqualTo => "greater than or equal to",
        Comparison::LessThan => "less than",
        Comparison::LessThanOrEqualTo => "less than or equal to",
        Comparison::GreaterThanUpper => "greater than the upper",
        Comparison::LessThanLower => "less than the lower",
        Comparison::Outside => "outside",
    }
}

#[cfg(test)]
mod tests;
