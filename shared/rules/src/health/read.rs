//! Reading the file.

use super::{Check, Health, MOST_CHECKS, Period, Query};
use crate::{
    Problems,
    cloudwatch_limits::{LONGEST_NAME, LONGEST_VALUE, MOST_DIMENSIONS},
    invalid::sized,
    yaml::{Fields, Log, Node, Value, parse},
};

/// Characters of a check's name: a line of a message on a phone.
const LONGEST_CHECK: usize = 40;
/// Metrics of `ZeroWhile`: all queries of a file fit into one request.
const MOST_ZERO_WHILE: usize = 4;
/// Characters of a unit in the message.
const LONGEST_UNIT: usize = 30;

pub(super) fn file(file: &str, text: &str) -> Result<Health, Problems> {
    let mut log = Log::new(file);
    let health = Node::read(text, &mut log).and_then(|node| whole(file, &node, &mut log));
    log.finish(health)
}

fn whole(file: &str, node: &Node, log: &mut Log) -> Option<Health> {
    let mut fields = Fields::of(node, "the file", log)?;
    let workload = fields.parse_required("Workload", log);
    let nodes = fields.list_required("Checks", log);
    fields.finish(log);
    if nodes.len() > MOST_CHECKS {
        let number = nodes.len();
        log.at(
            node.at,
            format!("`Checks` has {number}, and {MOST_CHECKS} are allowed"),
        );
    }
    let checks: Vec<_> = nodes.iter().map(|node| check(node, log)).collect();
    let checks: Vec<Check> = checks.into_iter().collect::<Option<_>>()?;
    for (index, (check, node)) in checks.iter().zip(nodes).enumerate() {
        if checks[..index].iter().any(|other| other.name == check.name) {
            log.at(node.at, format!("another check is named {:?}", check.name));
        }
    }
    Some(Health {
        file: file.to_owned(),
        workload: workload?,
        checks,
    })
}

fn check(node: &Node, log: &mut Log) -> Option<Check> {
    let mut fields = Fields::of(node, "a check", log)?;
    let name = text(&mut fields, "Name", LONGEST_CHECK, log);
    let unit = text(&mut fields, "Unit", LONGEST_UNIT, log);
    let expect = fields.parse_required("Expect", log);
    let period = match fields.optional("Period") {
        Some(node) => parse(node, "Period", log),
        None => Some(Period::DAY),
    };
    let hours = fields.optional("ActiveHours");
    let active = hours.map(|node| parse(node, "ActiveHours", log));
    let days = fields.optional("ActiveDays");
    let days = days.map(|node| parse(node, "ActiveDays", log));
    if let (Some(node), Some(period)) = (hours, period)
        && period > Period::HOUR
    {
        log.at(node.at, "`ActiveHours` needs a `Period` of at most an hour");
    }
    let metric = fields.required("Metric", log);
    let metric = metric.and_then(|node| query(node, "`Metric`", log));
    let of = fields.optional("Of").map(|node| query(node, "`Of`", log));
    let rest = fields.flag("Rest", log);
    if rest && of.is_none() {
        log.at(node.at, "`Rest` needs `Of`, of which it is the rest");
    }
    let zero: Vec<_> = fields
        .list("ZeroWhile", log)
        .iter()
        .map(|node| query(node, "`ZeroWhile`", log))
        .collect();
    if zero.len() > MOST_ZERO_WHILE {
        log.at(
            node.at,
            format!("`ZeroWhile` has at most {MOST_ZERO_WHILE} metrics"),
        );
    }
    if of.is_some() && !zero.is_empty() {
        log.at(
            node.at,
            "`ZeroWhile` and `Of`: a part without data is zero already where the whole has data",
        );
    }
    fields.finish(log);
    Some(Check {
        name: name?,
        expect: expect?,
        unit: unit?,
        period: period?,
        hours: match active {
            Some(hours) => Some(hours?),
            None => None,
        },
        days: match days {
            Some(days) => Some(days?),
            None => None,
        },
        metric: metric?,
        of: match of {
            Some(query) => Some(query?),
            None => None,
        },
        rest,
        zero_while: zero.into_iter().collect::<Option<_>>()?,
    })
}

fn query(node: &Node, what: &str, log: &mut Log) -> Option<Query> {
    let mut fields = Fields::of(node, what, log)?;
    let namespace = text(&mut fields, "Namespace", LONGEST_NAME, log);
    let name = fields.parse_required("MetricName", log);
    let statistic = fields.parse_required("Statistic", log);
    let dimensions = match fields.optional("Dimensions") {
        Some(node) => dimensions(node, log),
        None => Some(Vec::new()),
    };
    fields.finish(log);
    Some(Query {
        namespace: namespace?,
        name: name?,
        statistic: statistic?,
        dimensions: dimensions?,
    })
}

fn dimensions(node: &Node, log: &mut Log) -> Option<Vec<(String, super::DimensionValue)>> {
    let Value::Map(entries) = &node.value else {
        log.at(node.at, "`Dimensions` must be a mapping of names to values");
        return None;
    };
    if entries.len() > MOST_DIMENSIONS {
        log.at(
            node.at,
            format!("a metric has at most {MOST_DIMENSIONS} dimensions"),
        );
    }
    let mut dimensions = Vec::new();
    for (key, value) in entries {
        let name = key.text().unwrap_or_default();
        let written = value.text().unwrap_or_default();
        let checked = sized(name, LONGEST_NAME).and(sized(written, LONGEST_VALUE));
        if let Err(error) = checked {
            log.at(key.at, format!("a dimension: {error}"));
            continue;
        }
        let value = parse(value, "Dimensions", log);
        dimensions.extend(value.map(|value| (name.to_owned(), value)));
    }
    Some(dimensions)
}

/// A text that must be there.
fn text(
    fields: &mut Fields<'_>,
    name: &'static str,
    longest: usize,
    log: &mut Log,
) -> Option<String> {
    let node = fields.required(name, log)?;
    let text: String = parse(node, name, log)?;
    sized(&text, longest)
        .map_err(|error| log.at(node.at, format!("`{name}`: {error}")))
        .ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::{
        health::{Comparison, DimensionValue, Health, built_in, parse},
        probes::Name,
        problem::Problems,
    };

    const METRIC: &str = "{ Namespace: AWS/Lambda, MetricName: Errors, Statistic: Sum, Dimensions: { FunctionName: '${function}', A: b } }";

    fn one(check: &str) -> Result<Health, Problems> {
        let text = format!(
            "Workload: w\nChecks:\n  - {{ Name: n, Unit: u, Metric: {METRIC}, {check} }}\n"
        );
        parse("health.yaml", &text)
    }

    #[test]
    fn a_check_is_read_with_its_defaults() {
        let health = one("Expect: '<= 5'").unwrap();
        let check = &health.checks[0];
        assert_eq!(check.period.minutes(), 1_440);
        assert_eq!(check.expect.comparison, Comparison::AtMost);
        assert!((check.expect.value - 5.0).abs() < f64::EPSILON);
        assert_eq!((check.hours, check.days, check.rest), (None, None, false));
        let targets: Vec<_> = check.targets().map(Name::as_str).collect();
        assert_eq!(targets, ["function"]);
        let values: Vec<_> = check.metric.dimensions.iter().map(|(_, v)| v).collect();
        assert_eq!(values[1], &DimensionValue::Text("b".to_owned()));
    }

    #[test]
    fn whatever_is_wrong_is_said_with_its_place() {
        for (check, said) in [
            ("Expect: 'about 5'", "is not a comparison with a number"),
            ("Expect: '< inf'", "is not a comparison with a number"),
            ("Expect: '< 5', Period: 7m", "divides an hour or a day"),
            ("Expect: '< 5', Period: 0m", "divides an hour or a day"),
            ("Expect: '< 5', Period: 90m", "divides an hour or a day"),
            (
                "Expect: '< 5', Period: 1h, ActiveHours: 8-20",
                "hours of the day",
            ),
            (
                "Expect: '< 5', Period: 1h, ActiveHours: '08:00-24:00'",
                "hours of the day",
            ),
            (
                "Expect: '< 5', ActiveHours: '08:00-20:00'",
                "at most an hour",
            ),
            (
                "Expect: '< 5', ActiveDays: weekdays",
                "is not days of the week",
            ),
            ("Expect: '< 5', Rest: true", "`Rest` needs `Of`"),
            ("Expect: '< 5', Colour: red", "unknown field `Colour`"),
            ("Unit: x", "appears in its mapping already"),
        ] {
            let problems = one(check).unwrap_err();
            assert!(problems.to_string().contains(said), "{check}: {problems}");
            assert!(problems.to_string().contains("health.yaml:"), "{problems}");
        }
        let of = format!("Expect: '< 5', Of: {METRIC}, ZeroWhile: [{METRIC}]");
        assert!(one(&of).unwrap_err().to_string().contains("zero already"));
        let metric = |changed: &str| {
            let text = format!(
                "Workload: w\nChecks:\n  - {{ Name: n, Unit: u, Expect: '< 5', Metric: {changed} }}\n"
            );
            parse("health.yaml", &text).unwrap_err().to_string()
        };
        let p99 = "{ Namespace: N, MetricName: M, Statistic: p99 }";
        assert!(metric(p99).contains("is not one of Sum"), "{}", metric(p99));
        let part =
            "{ Namespace: N, MetricName: M, Statistic: Sum, Dimensions: { A: 'x-${function}' } }";
        assert!(metric(part).contains("the whole value"), "{}", metric(part));
    }

    #[test]
    fn hours_may_cross_midnight() {
        let hours = |text: &str| text.parse::<super::super::ActiveHours>().unwrap();
        let day = hours("08:00-20:00");
        let night = hours("22:30-06:00");
        for (minute, by_day, by_night) in [
            (0, false, true),
            (359, false, true),
            (360, false, false),
            (480, true, false),
            (1_199, true, false),
            (1_200, false, false),
            (1_350, false, true),
            (1_439, false, true),
        ] {
            assert_eq!(day.contains(minute), by_day, "{minute}");
            assert_eq!(night.contains(minute), by_night, "{minute}");
        }
        assert_eq!(night.to_string(), "22:30-06:00");
    }

    #[test]
    fn days_may_cross_sunday() {
        let days = |text: &str| {
            let days = text.parse::<super::super::ActiveDays>().unwrap();
            (0..7).filter(|day| days.contains(*day)).collect::<Vec<_>>()
        };
        assert_eq!(days("Mon-Fri"), [0, 1, 2, 3, 4]);
        assert_eq!(days("Sat-Mon"), [0, 5, 6]);
        assert_eq!(days("Sun"), [6]);
    }

    #[test]
    fn the_built_in_files_are_named_after_their_folders() {
        for health in built_in() {
            let expected = format!("workloads/{}/health.yaml", health.workload);
            assert_eq!(health.file, expected);
        }
    }
}
