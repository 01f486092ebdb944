use jiff::{SignedDuration, Timestamp};
use picket_rules::health::{self, Health, Statistic};
use picket_shared::fleet::{HealthCheck, HealthReport, HealthStatus};

use super::{Plan, Series, Stack, Targets, Window};

const CHECKS: &str = "
Workload: shop
Checks:
  - { Name: events, Unit: events, Expect: '> 10', Period: 15m, ActiveHours: '08:00-10:00', ActiveDays: Mon-Fri,
      Metric: { Namespace: Shop, MetricName: Events, Statistic: Sum, Dimensions: { Environment: '${environment}' } },
      ZeroWhile: [{ Namespace: Picket, MetricName: HeartbeatAge, Statistic: SampleCount, Dimensions: { Stack: '${stack}' } }] }
  - { Name: errors, Unit: '%', Expect: '< 5',
      Metric: { Namespace: AWS/Lambda, MetricName: Errors, Statistic: Sum, Dimensions: { FunctionName: '${function}' } },
      Of: { Namespace: AWS/Lambda, MetricName: Invocations, Statistic: Sum, Dimensions: { FunctionName: '${function}' } } }
  - { Name: successes, Unit: '%', Expect: '> 98', Rest: true,
      Metric: { Namespace: Shop, MetricName: Failures, Statistic: Sum }, Of: { Namespace: Shop, MetricName: Calls, Statistic: Sum } }
  - { Name: latency, Unit: ms, Expect: '< 5000', Period: 24h, Metric: { Namespace: Shop, MetricName: Latency, Statistic: Average } }
  - { Name: throttles, Unit: requests, Expect: '= 0',
      Metric: { Namespace: AWS/DynamoDB, MetricName: ReadThrottleEvents, Statistic: Sum, Dimensions: { TableName: '${table}' } } }";

fn shop() -> Health {
    health::parse("health.yaml", CHECKS).unwrap()
}

const STACK: Stack<'_> = Stack {
    name: "picket-dev",
    environment: "dev",
};

fn window() -> Window {
    Window::before("2026-11-20T06:45:10Z".parse().unwrap())
}

/// The plan with a function and without a table.
fn plan(health: &Health) -> Plan<'_> {
    let targets = "shop/function=orders shop/table=".parse().unwrap();
    Plan::new(health, &targets, STACK).unwrap()
}

/// Values at these minutes after the beginning of the window.
fn series(values: &[(i64, f64)]) -> Series {
    let at = |minute| window().from + SignedDuration::from_mins(minute);
    values
        .iter()
        .map(|(minute, value)| (at(*minute), *value))
        .collect()
}

/// A metric's name, its statistic, and its values by minute.
type Answered<'a> = (&'a str, Statistic, &'a [(i64, f64)]);

/// The report where these metrics have these values, each in the order of the queries of its name.
fn report(answers: &[Answered<'_>]) -> HealthReport {
    let health = shop();
    let plan = plan(&health);
    let answer = |query: &super::MetricQuery| {
        let mut own = answers.iter();
        let own =
            own.find(|(name, statistic, _)| query.name == *name && query.statistic == *statistic);
        series(own.map_or(&[][..], |(_, _, values)| values))
    };
    let answers: Vec<Series> = plan.queries.iter().map(answer).collect();
    plan.report(&answers, window())
}

fn check<'r>(report: &'r HealthReport, name: &str) -> &'r HealthCheck {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap()
}

fn value(report: &HealthReport, name: &str) -> Option<f64> {
    check(report, name).value
}

const SUM: Statistic = Statistic::Sum;
/// The window begins at six; the active hours two hours later.
const EIGHT: i64 = 120;

#[test]
fn the_window_is_the_last_24_whole_hours() {
    let window = window();
    assert_eq!(
        window.from,
        "2026-11-19T06:00:00Z".parse::<Timestamp>().unwrap()
    );
    assert_eq!(
        window.to,
        "2026-11-20T06:00:00Z".parse::<Timestamp>().unwrap()
    );
}

#[test]
fn a_check_without_its_target_is_left_out_and_a_workload_that_is_off_has_no_plan() {
    let health = shop();
    let names: Vec<_> = report(&[])
        .checks
        .into_iter()
        .map(|check| check.name)
        .collect();
    assert_eq!(names, ["events", "errors", "successes", "latency"]);
    for targets in ["", "other/function=a"] {
        let targets: Targets = targets.parse().unwrap();
        assert!(Plan::new(&health, &targets, STACK).is_none());
    }
}

#[test]
fn queries_have_the_names_of_the_stack_and_periods_of_an_hour_at_most() {
    let health = shop();
    let queries = &plan(&health).queries;
    let asked: Vec<_> = queries
        .iter()
        .map(|query| (query.name.as_str(), query.statistic, query.period_minutes))
        .collect();
    assert_eq!(
        asked,
        [
            ("Events", SUM, 15),
            ("HeartbeatAge", Statistic::SampleCount, 15),
            ("Errors", SUM, 60),
            ("Invocations", SUM, 60),
            ("Failures", SUM, 60),
            ("Calls", SUM, 60),
            ("Latency", SUM, 60),
            ("Latency", Statistic::SampleCount, 60),
        ]
    );
    let named = |place: usize| queries[place].dimensions[0].clone();
    assert_eq!(named(0), ("Environment".to_owned(), "dev".to_owned()));
    assert_eq!(named(1), ("Stack".to_owned(), "picket-dev".to_owned()));
    assert_eq!(named(2), ("FunctionName".to_owned(), "orders".to_owned()));
}

#[test]
fn nothing_is_known_of_metrics_without_data() {
    let report = report(&[]);
    for check in &report.checks {
        assert_eq!(
            (check.status(), check.value),
            (HealthStatus::NoData, None),
            "{check:?}"
        );
        assert_eq!(check.without_data, check.periods, "{check:?}");
    }
    assert_eq!(check(&report, "events").periods, 8);
}

#[test]
fn each_period_of_the_active_hours_is_compared_and_the_worst_is_shown() {
    let quiet = (0..8).map(|place| (EIGHT + place * 15, 11.0));
    let mut values: Vec<(i64, f64)> = quiet.collect();
    // Outside of the active hours nothing is compared.
    values.push((0, 1.0));
    let met = report(&[("Events", SUM, &values)]);
    let events = check(&met, "events");
    assert_eq!(
        (events.status(), events.value, events.periods),
        (HealthStatus::Met, Some(11.0), 8)
    );
    // Ten are not above ten.
    values[3].1 = 10.0;
    let missed = report(&[("Events", SUM, &values)]);
    let events = check(&missed, "events");
    assert_eq!((events.missed, events.value), (1, Some(10.0)));
    // One period is unknown: the rest does not make it met.
    values[3].1 = 12.0;
    values.remove(5);
    let unknown = report(&[("Events", SUM, &values)]);
    let events = check(&unknown, "events");
    assert_eq!(
        (events.status(), events.without_data),
        (HealthStatus::NoData, 1)
    );
    // … unless the source is known to have worked.
    let alive: Vec<(i64, f64)> = (0..8).map(|place| (EIGHT + place * 15, 15.0)).collect();
    let count = Statistic::SampleCount;
    let zero = report(&[("Events", SUM, &values), ("HeartbeatAge", count, &alive)]);
    let events = check(&zero, "events");
    assert_eq!(
        (events.missed, events.without_data, events.value),
        (1, 0, Some(0.0))
    );
}

#[test]
fn on_a_day_that_is_not_active_nothing_is_compared() {
    let health = shop();
    let plan = plan(&health);
    // The window of a Sunday's morning begins on Saturday.
    for (now, compared) in [
        ("2026-11-21T06:45:00Z", true),
        ("2026-11-22T06:45:00Z", false),
        ("2026-11-23T06:45:00Z", false),
        ("2026-11-24T06:45:00Z", true),
    ] {
        let report = plan.report(&[], Window::before(now.parse().unwrap()));
        let mut names = report.checks.iter().map(|check| check.name.as_str());
        assert_eq!(names.any(|name| name == "events"), compared, "{now}");
    }
}

#[test]
fn a_share_is_of_the_whole_day_and_a_whole_without_data_has_none() {
    let calls = &[(0, 100.0), (60, 300.0), (1_439, 100.0)][..];
    for (errors, expected, status) in [
        (&[(0, 20.0), (60, 4.0)][..], 4.8, HealthStatus::Met),
        (&[(0, 25.0)][..], 5.0, HealthStatus::Missed),
        (&[][..], 0.0, HealthStatus::Met),
    ] {
        let report = report(&[("Errors", SUM, errors), ("Invocations", SUM, calls)]);
        let errors = check(&report, "errors");
        assert!(
            (errors.value.unwrap() - expected).abs() < 1e-9,
            "{errors:?}"
        );
        assert_eq!(errors.status(), status, "{errors:?}");
    }
    let of_nothing = report(&[("Errors", SUM, &[(0, 3.0)])]);
    assert_eq!(value(&of_nothing, "errors"), None);
    let of_zero = report(&[
        ("Errors", SUM, &[(0, 3.0)]),
        ("Invocations", SUM, &[(0, 0.0)]),
    ]);
    assert_eq!(value(&of_zero, "errors"), None);
}

#[test]
fn the_rest_of_failures_is_the_rate_of_success() {
    let failures: &[(i64, f64)] = &[(60, 2.0)];
    let report = report(&[("Failures", SUM, failures), ("Calls", SUM, &[(60, 100.0)])]);
    let successes = check(&report, "successes");
    assert_eq!(
        (successes.value, successes.status()),
        (Some(98.0), HealthStatus::Missed)
    );
}

#[test]
fn an_average_is_weighted_by_the_number_of_values() {
    let sums: &[(i64, f64)] = &[(0, 10_000.0), (60, 90_000.0)];
    let counts: &[(i64, f64)] = &[(0, 1.0), (60, 99.0)];
    let report = report(&[
        ("Latency", SUM, sums),
        ("Latency", Statistic::SampleCount, counts),
    ]);
    assert_eq!(value(&report, "latency"), Some(1_000.0));
}

#[test]
fn targets_are_of_workloads_and_used_by_checks() {
    let problems = |text: &str| text.parse::<Targets>().unwrap().problems(&[shop()]);
    assert_eq!(
        problems("shop/function= shop/table=a"),
        Vec::<String>::new()
    );
    assert_eq!(problems(""), Vec::<String>::new());
    assert_eq!(
        problems("shop/function=a shop/stream=b shep/function=a"),
        [
            "there is no workloads/shep/health.yaml",
            "no check of shop uses stream",
            "there is no target shop/table"
        ]
    );
    for (text, said) in [
        ("shop", "is not workload/target=value"),
        ("shop=a", "is not workload/target=value"),
        ("Shop/function=a", "is not a lower-case letter"),
        ("shop/a=1 shop/a=2", "appears twice"),
    ] {
        let error = text.parse::<Targets>().unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
}
