use jiff::civil::date;
use serde_json::{Value, json};

use super::*;

const DAY: Date = date(2026, 11, 19);

/// Keys, amount and unit of each group.
type Groups<'a> = &'a [(&'a [&'a str], &'a str, &'a str)];

/// An answer of one day, its groups as (keys, amount, unit).
fn answer(definitions: &[&str], groups: Groups<'_>, total: &Value) -> Answer {
    let groups: Vec<_> = groups
        .iter()
        .map(|(keys, amount, unit)| json!({"Keys": keys, "Metrics": {METRIC: {"Amount": amount, "Unit": unit}}}))
        .collect();
    let definitions: Vec<_> = definitions
        .iter()
        .map(|key| json!({"Type": "DIMENSION", "Key": key}))
        .collect();
    let recording = json!({
        "GroupDefinitions": definitions,
        "ResultsByTime": [{"TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"}, "Total": total, "Groups": groups, "Estimated": true}],
    });
    Answer::read(recording.to_string().as_bytes())
        .unwrap()
        .remove(0)
}

fn day(answers: &[Answer]) -> Day {
    Day::from_answers(DAY, answers).unwrap()
}

#[test]
fn a_day_is_the_exact_sum_of_its_services() {
    let day = day(&[answer(
        &["SERVICE"],
        &[(&["A"], "0.1", "USD"), (&["B"], "0.20000000002", "USD")],
        &json!({}),
    )]);
    assert_eq!(day.total.to_string(), "0.30000000002");
    assert_eq!(
        (day.currency.as_str(), day.estimated, day.caveats.len()),
        ("USD", true, 0)
    );
    assert_eq!(Day::from_answers(date(2026, 11, 18), &[]), None);
}

#[test]
fn pages_add_up_and_a_line_given_twice_counts_once() {
    let first = answer(&["SERVICE"], &[(&["A"], "1", "USD")], &json!({}));
    let second = answer(&["SERVICE"], &[(&["B"], "2", "USD")], &json!({}));
    assert_eq!(day(&[first.clone(), second]).total, Decimal::from(3));
    let again = answer(&["SERVICE"], &[(&["A"], "1.5", "USD")], &json!({}));
    let day = day(&[first, again]);
    assert_eq!(day.total.to_string(), "1.5");
    assert_eq!(
        day.caveats,
        ["A appears twice on 2026-11-19, with 1 and with 1.5: only the larger is counted"]
    );
}

#[test]
fn services_of_several_accounts_are_added_by_service() {
    let groups: [(&[&str], &str, &str); 3] = [
        (&["111122223333", "A"], "1", "USD"),
        (&["444455556666", "A"], "2", "USD"),
        (&["444455556666", "B"], "4", "USD"),
    ];
    let day = day(&[answer(&["LINKED_ACCOUNT", "SERVICE"], &groups, &json!({}))]);
    let services: Vec<_> = day.services.into_iter().collect();
    assert_eq!(
        services,
        [
            ("A".to_owned(), Decimal::from(3)),
            ("B".to_owned(), Decimal::from(4))
        ]
    );
}

#[test]
fn what_does_not_add_up_is_said() {
    let usd = |amount: &str| json!({METRIC: {"Amount": amount, "Unit": "USD"}});
    let table: [(&str, Groups<'_>, Value, &str, &str); 6] = [
        ("SERVICE", &[(&["A"], "1", "USD")], usd("1"), "1", ""),
        (
            "SERVICE",
            &[(&["A"], "1", "USD")],
            usd("1.01"),
            "1",
            "incomplete: the services of 2026-11-19 sum to 1, and Cost Explorer's total is 1.01",
        ),
        ("SERVICE", &[], usd("7.5"), "7.5", ""),
        (
            "SERVICE",
            &[
                (&["A"], "1", "USD"),
                (&["B"], "2", "USD"),
                (&["C"], "900", "JPY"),
            ],
            json!({}),
            "3",
            "incomplete: amounts in \"JPY\" on 2026-11-19 (1) are not in the total, which is in \"USD\"",
        ),
        (
            "SERVICE",
            &[(&["A"], "1", "USD"), (&["B"], "a lot", "USD")],
            json!({}),
            "1",
            "incomplete: B on 2026-11-19 is \"a lot\", which is not a decimal number of at most 28 digits",
        ),
        (
            "REGION",
            &[(&["eu-west-1"], "1", "USD")],
            json!({}),
            "1",
            "the costs of 2026-11-19 are grouped by REGION, not by SERVICE",
        ),
    ];
    for (definition, groups, stated, total, caveat) in table {
        let day = day(&[answer(&[definition], groups, &stated)]);
        assert_eq!(day.total.to_string(), total);
        assert_eq!(day.caveats.join("; "), caveat);
    }
}

#[test]
fn another_metric_is_named() {
    let recording = br#"{"ResultsByTime": [{"TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"}, "Groups": [
        {"Keys": ["A"], "Metrics": {"NetAmortizedCost": {"Amount": "3.25", "Unit": "USD"}, "UsageQuantity": {"Amount": "9", "Unit": "N/A"}}}]}]}"#;
    let day = day(&Answer::read(recording).unwrap());
    assert_eq!(day.total.to_string(), "3.25");
    assert_eq!(
        day.caveats,
        ["amounts are NetAmortizedCost, not UnblendedCost"]
    );
}

#[test]
fn credits_and_refunds_are_a_row_of_their_own_and_discounts_are_not() {
    let groups: [(&[&str], &str, &str); 8] = [
        (&["Lambda", "Usage"], "10", "USD"),
        (&["Lambda", "Credit"], "-10", "USD"),
        (&["DynamoDB", "Usage"], "23.86", "USD"),
        (&["DynamoDB", "Credit"], "-20", "USD"),
        (&["DynamoDB", "Refund"], "-3.86", "USD"),
        (&["EC2", "SavingsPlanCoveredUsage"], "5", "USD"),
        (&["EC2", "SavingsPlanNegation"], "-5", "USD"),
        (&["EC2", "Tax"], "0.5", "USD"),
    ];
    let day = day(&[answer(&["SERVICE", "RECORD_TYPE"], &groups, &json!({}))]);
    let services = day.services.iter();
    let services: Vec<_> = services
        .map(|(name, amount)| format!("{name} {amount}"))
        .collect();
    assert_eq!(
        services,
        [
            "Credits and refunds -33.86",
            "DynamoDB 23.86",
            "EC2 0.5",
            "Lambda 10"
        ]
    );
    assert_eq!(
        (day.total.to_string(), day.caveats.len()),
        ("0.50".to_owned(), 0)
    );
}

#[test]
fn a_page_without_definitions_has_those_of_the_others() {
    let definitions = ["SERVICE", "RECORD_TYPE"];
    let first = answer(&definitions, &[(&["A", "Usage"], "1", "USD")], &json!({}));
    let second = answer(
        &[],
        &[
            (&["B", "Usage"], "2", "USD"),
            (&["B", "Credit"], "-2", "USD"),
        ],
        &json!({}),
    );
    for pages in [[first.clone(), second.clone()], [second, first]] {
        let services: Vec<_> = day(&pages).services.into_keys().collect();
        assert_eq!(services, ["A", "B", CREDITS]);
    }
}
