use clap::{FromArgMatches, Parser};
use serde_json::Value;

use super::*;
use crate::terminal;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: CostArguments,
}

fn bill(line: &str) -> Bill {
    let words = std::iter::once("cost").chain(line.split_whitespace());
    Bill::of(Line::try_parse_from(words).unwrap().arguments.traffic())
}

fn dollars(bill: &Bill, name: &str) -> String {
    let item = bill.items.iter().find(|item| item.name == name);
    item.unwrap_or_else(|| panic!("{name}: {bill}"))
        .dollars
        .normalize()
        .to_string()
}

/// Worked out by hand: 700 × 2,628,000 = 1,839.6 million records, each of one unit of 25 KB, at $0.014.
#[test]
fn records_are_paid_by_units_of_25_kb() {
    let small = bill("--events-per-second 700");
    assert_eq!(dollars(&small, "Kinesis, records"), "25.7544");
    assert_eq!(small.traffic.shards, 1);
    let large = bill("--events-per-second 700 --event-kb 30");
    assert_eq!(dollars(&large, "Kinesis, records"), "51.5088");
    // 700 × 30 KB are 20.5 MiB a second.
    assert_eq!(large.traffic.shards, 21);
    assert_eq!(dollars(&large, "Kinesis, shards"), "229.95");
}

/// 5 agents with 2 models each, 3 codes: requests 6 × 16 + 2 × 6 = 108, errors 2 + 5 + 3 + 10 × 4 = 50, logging
/// 4 + 5 × 4 + 1 = 25, derived 6 + 5 + 10 = 21: 204 series.
#[test]
fn agents_models_and_codes_make_series() {
    let bill = bill("--workload bedrock-usage --agents 5 --models 2 --error-codes 3");
    assert_eq!(dollars(&bill, "Metrics, `bedrock-usage`"), "61.2");
    // 43,800 × (1 cursor + 10 rows) × 2 units × $0.625 a million.
    assert_eq!(dollars(&bill, "Usage ledger"), "0.60225");
}

#[test]
fn what_is_off_costs_nothing_and_what_is_ones_own_is_added() {
    let none = bill("");
    assert!(!none.items.iter().any(|item| item.name.contains("bedrock")));
    assert_eq!(dollars(&none, "Dashboards"), "0");
    let own = bill("--series 1500 --alarms 20 --dashboards 3");
    assert_eq!(dollars(&own, "Metrics of further rules"), "450");
    // Two requests a minute more: 43,800 × 2 × $0.01 a thousand.
    let requests = |bill| dollars(bill, "`PutMetricData`").parse::<Decimal>().unwrap();
    assert_eq!(requests(&own) - requests(&none), Decimal::new(876, 3));
    let alarms = |bill| dollars(bill, "Alarms").parse::<Decimal>().unwrap();
    assert_eq!(alarms(&own) - alarms(&none), Decimal::TWO);
    // The account's three, and the stack's.
    assert_eq!(dollars(&own, "Dashboards"), "3");
}

#[test]
fn the_sum_is_that_of_the_items_to_the_last_digit() {
    let bill = bill("--events-per-second 12.5 --workload web-api --workload web-api");
    let items = serde_json::to_value(&bill).unwrap();
    let items = items["items"].as_array().unwrap();
    let sum: Decimal = items
        .iter()
        .map(|item| {
            item["cost_usd"]
                .as_str()
                .unwrap()
                .parse::<Decimal>()
                .unwrap()
        })
        .sum();
    assert_eq!(sum, bill.cost_usd);
    assert_eq!(bill.traffic.workloads.len(), 1, "named twice, paid once");
}

/// What `make build` prints, by the same rules.
#[test]
fn the_limits_are_those_of_all_rules() {
    let bill = bill("");
    let ceilings = metrics::built_in()
        .iter()
        .flat_map(metrics::MetricRules::ceilings);
    let series: u64 = ceilings.map(|ceiling| ceiling.series).sum();
    assert_eq!(bill.limits.series, series);
    let cents = Decimal::from(series * 30);
    assert_eq!(bill.limits.cost_usd * Decimal::ONE_HUNDRED, cents);
    let template = include_str!("../../../../template.yaml");
    let (_, parameter) = template.split_once("\n  MaximumSeries:\n").unwrap();
    let default = format!("    Default: {MAXIMUM_SERIES}\n");
    assert!(parameter[..80].contains(&default), "{}", &parameter[..80]);
}

#[test]
fn people_read_parts_and_their_items() {
    let text = terminal::plain(&bill("--events-per-second 1500 --workload bedrock-usage"));
    for line in [
        "1,500 events a second of 1 KB on 2 shards; workloads: bedrock-usage",
        "  Kinesis, shards                              21.90",
        "  Kinesis, records                             55.19",
        "Kinesis                                        77.09",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[test]
fn a_stream_that_is_too_small_is_refused() {
    let (mut answers, mut complaints) = (Vec::new(), Vec::new());
    let words = ["cost", "--events-per-second", "2001", "--shards", "2"];
    let line = Line::try_parse_from(words).unwrap();
    let exit = run(
        &line.arguments,
        &mut Output::new(&mut answers, &mut complaints),
    )
    .unwrap();
    assert_eq!(exit, Exit::Unreadable);
    let complaints = String::from_utf8(complaints).unwrap();
    assert!(complaints.contains("need 3 shards"), "{complaints}");
    for wrong in ["-1", "NaN", "1e99", "1000000001"] {
        let words = ["cost".to_owned(), format!("--events-per-second={wrong}")];
        assert!(Line::try_parse_from(words).is_err(), "{wrong}");
    }
}

#[test]
fn the_answer_is_json() {
    let value: Value = serde_json::to_value(bill("--workload bedrock-usage")).unwrap();
    assert_eq!(value["traffic"]["workloads"][0]["name"], "bedrock-usage");
    assert_eq!(value["limits"]["maximum_cost_usd"], "300.00");
    // Every argument has its place in clap's definition.
    let matches = crate::arguments::command()
        .try_get_matches_from(["picket", "cost", "--agents", "2"])
        .unwrap();
    assert!(crate::arguments::Arguments::from_arg_matches(&matches).is_ok());
}
