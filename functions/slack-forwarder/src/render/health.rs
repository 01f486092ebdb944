//! The daily health check of a workload: a line for each expectation, what is missed first.

use jiff::tz::TimeZone;
use picket_shared::fleet::{HealthCheck, HealthReport, HealthStatus};

use crate::draft::{Draft, mrkdwn::Mrkdwn, number};

/// The results in the order in which they are shown.
const ORDER: [HealthStatus; 3] = [
    HealthStatus::Missed,
    HealthStatus::NoData,
    HealthStatus::Met,
];

pub(super) fn draft(report: &HealthReport) -> Draft {
    let lines = ORDER.into_iter().flat_map(|status| {
        let checks = report.checks.iter();
        checks.filter(move |check| check.status() == status)
    });
    Draft {
        headline: headline(report),
        reason: Mrkdwn::new().text(window(report)),
        detail: lines.map(line).collect(),
        footnote: Mrkdwn::new().text(format!(
            "Stack {} · expected values in workloads/{}/health.yaml",
            report.stack, report.workload
        )),
        ..Draft::default()
    }
}

fn headline(report: &HealthReport) -> String {
    let count = |status| report.count(status);
    let (missed, unknown) = (count(HealthStatus::Missed), count(HealthStatus::NoData));
    let all = report.checks.len();
    let mark = match (missed, unknown) {
        (0, 0) => "🟢",
        (0, _) => "⚪",
        _ => "🟠",
    };
    let mut parts = vec![format!("{} of {all} as expected", all - missed - unknown)];
    parts.extend((missed > 0).then(|| format!("{missed} missed")));
    parts.extend((unknown > 0).then(|| format!("{unknown} without data")));
    format!(
        "{mark} Health of {} ({}) · {}",
        report.workload,
        report.environment,
        parts.join(", ")
    )
}

fn window(report: &HealthReport) -> String {
    let time = |at: jiff::Timestamp| {
        let at = at.to_zoned(TimeZone::UTC);
        at.strftime("%Y-%m-%d %H:%M").to_string()
    };
    format!("{} to {} UTC", time(report.from), time(report.to))
}

/// `🟠 *Lambda error rate* 7.3 %, expected < 5 %: missed`.
fn line(check: &HealthCheck) -> Mrkdwn {
    let HealthCheck {
        name,
        expected,
        unit,
        ..
    } = check;
    let (mark, result) = match check.status() {
        HealthStatus::Missed => ("🟠", "missed"),
        HealthStatus::NoData => ("⚪", "no data"),
        HealthStatus::Met => ("🟢", "met"),
    };
    let value = match check.value {
        Some(value) => format!("{} {unit}", number::value(value)),
        None => "unknown".to_owned(),
    };
    Mrkdwn::new()
        .text(format!("{mark} "))
        .bold(name)
        .text(format!(
            " {value}, expected {expected} {unit}: {result}{}",
            periods(check)
        ))
}

/// ` (the worst of 48 periods of 15 min, 3 missed, 2 without data; 08:00-20:00 UTC)`; nothing for a single one.
fn periods(check: &HealthCheck) -> String {
    if check.periods == 1 {
        return String::new();
    }
    let length = match check.period_minutes {
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{minutes} min"),
    };
    let begin = if check.value.is_some() {
        "the worst of "
    } else {
        ""
    };
    let mut parts = vec![format!("{begin}{} periods of {length}", check.periods)];
    parts.extend((check.missed > 0).then(|| format!("{} missed", check.missed)));
    let unknown = check.without_data;
    parts.extend((unknown > 0).then(|| format!("{unknown} without data")));
    let hours = check.hours.as_ref().map(|hours| format!("; {hours} UTC"));
    format!(" ({}{})", parts.join(", "), hours.unwrap_or_default())
}
