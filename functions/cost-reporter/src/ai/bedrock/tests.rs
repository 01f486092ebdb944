use picket_shared::usage::Breakdown;

use super::*;
use crate::ai::tests::{dollars, price, report, row};

fn spend(models: &[(&str, u64)]) -> Spend {
    let day = jiff::civil::date(2026, 11, 19);
    let rows: Vec<_> = models
        .iter()
        .map(|(model, input)| row(day, "a", model, None, *input))
        .collect();
    Breakdown::of(&rows, price).total
}

#[test]
fn models_of_third_parties_are_services_of_their_own() {
    let report = report(&[
        ("AWS Lambda", "5"),
        ("Amazon Bedrock", "1.25"),
        ("Claude Sonnet 4.5 (Amazon Bedrock Edition)", "10"),
        ("Amazon Bedrock AgentCore", "0.5"),
        ("Amazon SageMaker", "2"),
    ]);
    let compared = compare(&report, Some(spend(&[("m", 3_000_000)]))).unwrap();
    assert_eq!(compared.cost_explorer, dollars("11.75"));
    assert_eq!(compared.services.len(), 3);
    assert_eq!(compared.difference, Some(dollars("2.75")));
    assert_eq!(
        compared.explanation,
        "Cost Explorer has $2.75 more: usage that is not on the stream and Bedrock's charges other than tokens are in Cost Explorer alone."
    );
    assert_eq!(other_services(&report)[0].service, "Amazon SageMaker");
}

#[test]
fn the_difference_is_explained() {
    let bedrock = |amount: &str| report(&[("Amazon Bedrock", amount)]);
    let three = Some(spend(&[("m", 1_000_000)]));
    let part = Some(spend(&[("m", 1_000_000), ("x", 1)]));
    let mut estimated = bedrock("2.5");
    estimated.estimated = true;
    let mut euros = bedrock("3");
    euros.currency = "EUR".to_owned();
    for (report, ledger, difference, expected) in [
        (bedrock("3.001"), three, Some("0.001"), "The figures agree."),
        (
            estimated,
            three,
            Some("-0.5"),
            "Cost Explorer has $0.50 less: Cost Explorer's day is not final; discounts and credits are in Cost Explorer alone, and usage may reach it more than a day late.",
        ),
        (
            bedrock("4"),
            part,
            Some("1"),
            "Cost Explorer has $1.00 more: 2 requests in the ledger have no price; usage that is not on the stream and Bedrock's charges other than tokens are in Cost Explorer alone.",
        ),
        (
            euros,
            three,
            None,
            "The figures are not compared: they are in EUR and USD.",
        ),
        (
            bedrock("4"),
            None,
            None,
            "The figures are not compared: the ledger's day is not complete.",
        ),
        (
            bedrock("4"),
            Some(spend(&[("x", 5)])),
            None,
            "The figures are not compared: the ledger's usage has no price.",
        ),
    ] {
        let compared = compare(&report, ledger).unwrap();
        assert_eq!(compared.difference, difference.map(dollars));
        assert_eq!(compared.explanation, expected);
    }
}

#[test]
fn without_cost_explorer_nothing_is_compared() {
    let mut report = report(&[]);
    report.total = None;
    assert_eq!(compare(&report, Some(Spend::default())), None);
}
