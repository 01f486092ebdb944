use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::day::CREDITS;

fn result(day: Date, groups: &[(&str, &str)]) -> Value {
    let groups: Vec<_> = groups
        .iter()
        .map(|(service, amount)| {
            json!({"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}})
        })
        .collect();
    json!({
        "TimePeriod": {"Start": day.to_string(), "End": day.tomorrow().unwrap().to_string()},
        "Total": {},
        "Groups": groups,
        "Estimated": false,
    })
}

fn page(results: &[Value], next: Option<&str>) -> Answer {
    let page = json!({"ResultsByTime": results, "NextPageToken": next});
    Answer::read(page.to_string().as_bytes()).unwrap().remove(0)
}

#[test]
fn the_json_is_the_documented_one() {
    let answers = [page(
        &[
            result(
                date(2026, 11, 18),
                &[("AWS Lambda", "0.5"), ("Amazon S3", "2.25")],
            ),
            result(
                date(2026, 11, 19),
                &[("AWS Lambda", "0.75"), ("Amazon Kinesis", "12.2400000000")],
            ),
        ],
        None,
    )];
    let report = report(date(2026, 11, 19), &answers, Some(Decimal::from(100))).unwrap();
    let mut report = serde_json::to_value(report).unwrap();
    report["analysis"].take();
    assert_eq!(
        report,
        json!({
            "analysis": null,
            "date": "2026-11-19",
            "currency": "USD",
            "estimated": false,
            "total": "12.9900000000",
            "previous_total": "2.75",
            "by_service": [
                {"service": "Amazon Kinesis", "amount": "12.2400000000", "previous": null},
                {"service": "AWS Lambda", "amount": "0.75", "previous": "0.5"},
            ],
            "absent": [{"service": "Amazon S3", "previous": "2.25"}],
            "budget": {
                "amount": "100",
                "month_to_date": "15.7400000000",
                "remaining": "84.2600000000",
                "days_seen": 2,
                "days": 19,
            },
            "caveats": [
                "incomplete: the answers have 2 of the month's first 19 days, so more of the budget may be spent"
            ],
        })
    );
}

#[test]
fn services_that_cost_the_same_stand_by_name() {
    let answers = [page(
        &[result(
            date(2026, 11, 19),
            &[("b", "1"), ("c", "-2"), ("a", "1.0"), ("d", "3")],
        )],
        None,
    )];
    let report = report(date(2026, 11, 19), &answers, None).unwrap();
    let order: Vec<_> = report
        .by_service
        .iter()
        .map(|row| row.service.as_str())
        .collect();
    assert_eq!(order, ["d", "a", "b", "c"]);
    assert_eq!(report.previous_total, None);
    assert_eq!(
        report.caveats,
        ["the total contains credits or refunds: services below zero sum to -2"]
    );
}

#[test]
fn a_page_that_was_not_read_makes_the_report_incomplete() {
    let day = date(2026, 11, 19);
    let first = page(&[result(day, &[("a", "1")])], Some("more"));
    let last = page(&[result(day, &[("b", "2")])], None);
    let whole = report(day, &[first.clone(), last], None).unwrap();
    assert_eq!((whole.total, whole.caveats.len()), (Decimal::from(3), 0));
    let part = report(day, &[first], None).unwrap();
    assert_eq!(
        part.caveats,
        ["incomplete: Cost Explorer's answer names a further page that was not read"]
    );
}

#[test]
fn pages_in_any_order_are_the_same_report() {
    let (before, day) = (date(2026, 11, 18), date(2026, 11, 19));
    let ungrouped = json!({"ResultsByTime": [result(day, &[])]});
    let pages = [
        page(&[result(before, &[("a", "1"), ("b", "2")])], Some("second")),
        page(
            &[result(before, &[("c", "3")]), result(day, &[("a", "4")])],
            Some("third"),
        ),
        page(&[result(day, &[("b", "5"), ("c", "6")])], None),
        Answer::read(ungrouped.to_string().as_bytes())
            .unwrap()
            .remove(0),
    ];
    let expected = report(day, &pages, Some(Decimal::from(100))).unwrap();
    assert_eq!(
        (expected.total, expected.previous_total),
        (Decimal::from(15), Some(Decimal::from(6)))
    );
    assert!(
        !expected
            .caveats
            .iter()
            .any(|caveat| caveat.contains("further page"))
    );
    for order in [
        [0, 1, 3, 2],
        [2, 1, 0, 3],
        [3, 2, 0, 1],
        [1, 0, 2, 3],
        [1, 2, 3, 0],
    ] {
        let shuffled = order.map(|index: usize| pages[index].clone());
        assert_eq!(
            report(day, &shuffled, Some(Decimal::from(100))).unwrap(),
            expected,
            "{order:?}"
        );
    }
    // Twice in estimates that differ: the order decides nothing either.
    let twice = [
        page(&[result(day, &[("a", "1")])], None),
        page(&[result(day, &[("a", "2")])], None),
    ];
    let reversed = [twice[1].clone(), twice[0].clone()];
    assert_eq!(
        report(day, &twice, None).unwrap(),
        report(day, &reversed, None).unwrap()
    );
}

#[test]
fn a_page_that_was_not_read_is_found_wherever_it_was_and_for_each_answer() {
    let day = date(2026, 11, 19);
    let grouped = |definition: &str, next: Option<&str>| {
        let page = json!({"GroupDefinitions": [{"Type": "DIMENSION", "Key": definition}],
            "ResultsByTime": [result(day, &[(definition, "1")])], "NextPageToken": next});
        Answer::read(page.to_string().as_bytes()).unwrap().remove(0)
    };
    for (pages, is_incomplete) in [
        (
            vec![grouped("SERVICE", Some("2")), grouped("SERVICE", None)],
            false,
        ),
        (
            vec![grouped("SERVICE", None), grouped("SERVICE", Some("2"))],
            false,
        ),
        (
            vec![grouped("SERVICE", Some("2")), grouped("SERVICE", Some("3"))],
            true,
        ),
        (
            vec![grouped("SERVICE", Some("2")), grouped("REGION", None)],
            true,
        ),
        (
            vec![grouped("REGION", None), grouped("SERVICE", Some("2"))],
            true,
        ),
        (vec![], false),
    ] {
        assert_eq!(lacks_page(&pages), is_incomplete, "{pages:?}");
    }
}

#[test]
fn credits_never_hide_what_was_spent() {
    let (before, day) = (date(2026, 11, 18), date(2026, 11, 19));
    let by_type = |groups: &[(&str, &str, &str)]| {
        let groups: Vec<_> = groups
            .iter()
            .map(|(service, kind, amount)| json!({"Keys": [service, kind], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}))
            .collect();
        let mut result = result(day, &[]);
        result["Groups"] = groups.into();
        let page = json!({"GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
            "ResultsByTime": [result]});
        Answer::read(page.to_string().as_bytes()).unwrap().remove(0)
    };
    let all = [
        ("L", "Usage", "1000"),
        ("L", "Credit", "-1000"),
        ("D", "Usage", "234.5"),
        ("D", "Credit", "-234.5"),
    ];
    let part = [("L", "Usage", "10"), ("L", "Refund", "-4")];
    let none = [("L", "Usage", "10")];
    for (groups, total, caveats) in [
        (
            &all[..],
            "0.0",
            &[
                "credits and refunds of 1,234.50 USD are part of the total: without them the day costs 1,234.50 USD",
            ][..],
        ),
        (
            &part,
            "6",
            &[
                "credits and refunds of 4.00 USD are part of the total: without them the day costs 10.00 USD",
            ],
        ),
        (&none, "10", &[]),
    ] {
        let report = report(day, &[by_type(groups)], None).unwrap();
        assert_eq!(
            (report.total.to_string().as_str(), &report.caveats[..]),
            (
                total,
                caveats
                    .iter()
                    .map(|c| (*c).to_owned())
                    .collect::<Vec<_>>()
                    .as_slice()
            )
        );
        let spent = report
            .by_service
            .iter()
            .filter(|row| row.service != CREDITS);
        assert!(
            spent.clone().all(|row| row.amount > Decimal::ZERO),
            "{report:?}"
        );
        assert_eq!(
            report
                .by_service
                .iter()
                .map(|row| row.amount)
                .sum::<Decimal>(),
            report.total
        );
    }
    // Grouped by service alone, amounts of zero are all there is to see.
    let netted = [page(
        &[
            result(before, &[("L", "10.00"), ("D", "23.86"), ("S", "0")]),
            result(day, &[("L", "0"), ("D", "0.000"), ("S", "0")]),
        ],
        None,
    )];
    let report = report(day, &netted, None).unwrap();
    assert_eq!(
        report.caveats,
        [
            "2 services that cost 33.86 USD on the day before are 0: credits may hide what they used, and an answer that is grouped by RECORD_TYPE shows it"
        ]
    );
}

#[test]
fn a_day_that_the_answers_lack_is_an_error_that_says_what_there_is() {
    let answers = [page(
        &[
            result(date(2026, 11, 1), &[]),
            result(date(2026, 11, 3), &[]),
        ],
        None,
    )];
    for (answers, seen) in [
        (&answers[..], "2026-11-01 to 2026-11-03"),
        (&[], "no day at all"),
    ] {
        let error = report(date(2026, 11, 2), answers, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the answers have no daily result for 2026-11-02; they have {seen}")
        );
    }
}

#[test]
fn a_budget_that_is_overspent_goes_below_zero() {
    let day = date(2026, 11, 1);
    let answers = [page(&[result(day, &[("a", "12.5")])], None)];
    let budget = report(day, &answers, Some(Decimal::TEN))
        .unwrap()
        .budget
        .unwrap();
    assert_eq!(budget.remaining.to_string(), "-2.5");
    assert_eq!((budget.days_seen, budget.days), (1, 1));
}

proptest! {
    #[test]
    fn the_services_always_sum_to_the_total(
        amounts in proptest::collection::btree_map("[a-z]{1,6}", (any::<i32>(), 0_u32..=10), 0..40),
        cut in 0_usize..40,
    ) {
        let day = date(2026, 11, 19);
        let groups: Vec<_> = amounts.iter().map(|(service, (number, scale))| (service.as_str(), Decimal::new(i64::from(*number), *scale).to_string())).collect();
        let groups: Vec<_> = groups.iter().map(|(service, amount)| (*service, amount.as_str())).collect();
        let (left, right) = groups.split_at(cut.min(groups.len()));
        let answers = [page(&[result(day, left)], Some("more")), page(&[result(day, right)], None)];
        let report = report(day, &answers, None).unwrap();
        let expected: Decimal = amounts.values().map(|(number, scale)| Decimal::new(i64::from(*number), *scale)).sum();
        prop_assert_eq!(report.total, expected);
        prop_assert_eq!(report.by_service.len(), amounts.len());
        prop_assert!(report.by_service.is_sorted_by(|a, b| a.amount > b.amount || (a.amount == b.amount && a.service < b.service)));
        prop_assert!(!report.caveats.iter().any(|caveat| caveat.starts_with("incomplete")));
    }
}
