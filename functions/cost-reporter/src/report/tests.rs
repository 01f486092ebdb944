use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

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
    assert_eq!(
        serde_json::to_value(report).unwrap(),
        json!({
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
        ["incomplete: Cost Explorer's last answer names a further page that was not read"]
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
