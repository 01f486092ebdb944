use jiff::civil::date;
use picket_shared::fleet::CostAnalysis;
use serde_json::{Value, json};

use super::*;
use crate::answer::BudgetPage;

const DAY: Date = date(2026, 11, 19);
const TODAY: Date = date(2026, 11, 20);

/// A monthly cost budget of 100 dollars.
fn budget(actual: &str, forecast: Option<&str>) -> Value {
    let spend = |amount: &str| json!({"Amount": amount, "Unit": "USD"});
    json!({
        "BudgetName": "all",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": spend("100"),
        "CalculatedSpend": {"ActualSpend": spend(actual), "ForecastedSpend": forecast.map(spend)},
        "CostTypes": {"IncludeCredit": false},
    })
}

fn reads(pages: &[Vec<Value>]) -> Reads {
    let page = |budgets: &Vec<Value>| -> BudgetPage {
        serde_json::from_value(json!({"Budgets": budgets})).unwrap()
    };
    Reads {
        budgets: pages.iter().map(page).collect(),
        ..Reads::default()
    }
}

fn one(budget: Value) -> AwsBudget {
    let (mut budgets, more) = budgets(DAY, Some(TODAY), &reads(&[vec![budget]]));
    assert_eq!((budgets.len(), more), (1, 0));
    budgets.remove(0)
}

fn with(field: &str, value: Value) -> AwsBudget {
    let mut budget = budget("85.5", None);
    budget[field] = value;
    one(budget)
}

#[test]
fn the_status_is_that_of_the_amounts_and_the_limit() {
    use BudgetStatus::{ForecastOver, Near, Over, Within};
    for (actual, forecast, status) in [
        ("0", None, Within),
        ("79.9999999999", None, Within),
        ("80", None, Near),
        ("100", Some("100"), Near),
        ("100.0000000001", Some("100"), Over),
        ("12", Some("100.01"), ForecastOver),
        ("12", Some("100"), Within),
        ("-5", None, Within),
    ] {
        assert_eq!(
            one(budget(actual, forecast)).status,
            status,
            "{actual} {forecast:?}"
        );
    }
    let mut none = budget("0.01", None);
    none["BudgetLimit"]["Amount"] = json!("0");
    assert_eq!(one(none).status, Over);
}

#[test]
fn what_cannot_be_known_is_not_claimed() {
    let spend = |amount: &str, unit: &str| json!({"ActualSpend": {"Amount": amount, "Unit": unit}});
    let sick = json!({"Status": "UNHEALTHY", "StatusReason": "BILLING_VIEW_NO_ACCESS"});
    for (field, value, reason) in [
        (
            "CalculatedSpend",
            json!(null),
            "AWS has not computed its amount",
        ),
        ("CalculatedSpend", spend("85.5", "EUR"), "in another unit"),
        (
            "CalculatedSpend",
            spend("NaN", "USD"),
            "AWS has not computed its amount",
        ),
        (
            "BudgetLimit",
            json!(null),
            "its limit is not a decimal number",
        ),
        (
            "HealthStatus",
            sick,
            "AWS does not update it: BILLING_VIEW_NO_ACCESS",
        ),
    ] {
        let budget = with(field, value);
        assert_eq!(budget.status, BudgetStatus::Unknown, "{field}");
        let found = budget.reason.unwrap();
        assert!(found.contains(reason), "{found}");
    }
    // AWS sets the amount of a changed budget to zero until it has computed it again.
    for (actual, updated, is_known) in [
        ("0.0", "2026-11-18T23:59:59Z", true),
        ("0.0", "2026-11-19T00:00:00Z", false),
        ("0.0", "2026-11-20T05:00:00Z", false),
        ("0.01", "2026-11-20T05:00:00Z", true),
    ] {
        let mut budget = budget(actual, None);
        budget["LastUpdatedTime"] = json!(updated);
        let status = one(budget).status;
        assert_eq!(
            status != BudgetStatus::Unknown,
            is_known,
            "{actual} {updated}"
        );
    }
}

#[test]
fn a_budget_of_a_part_is_named_as_such_and_is_no_verdict_of_the_account() {
    let services: Vec<_> = (1..=5).map(|number| format!("Service {number}")).collect();
    let not =
        |key: &str, values: Value| json!({"Not": {"Dimensions": {"Key": key, "Values": values}}});
    let team = json!({"Tags": {"Key": "team", "Values": ["orders"], "MatchOptions": ["EQUALS"]}});
    let no_team = json!({"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}});
    let service = json!({"Dimensions": {"Key": "SERVICE", "Values": ["Amazon EC2"]}});
    for (field, value, filter) in [
        ("CostFilters", json!({}), None),
        (
            "CostFilters",
            json!({"Service": services}),
            Some("Service Service 1, Service 2, Service 3 and 2 more"),
        ),
        (
            "CostFilters",
            json!({"TagKeyValue": ["user:team$orders"], "Region": ["eu-west-1"]}),
            Some("Region eu-west-1 and TagKeyValue user:team$orders"),
        ),
        ("FilterExpression", team.clone(), Some("tag team orders")),
        ("FilterExpression", no_team, Some("tag team ABSENT")),
        (
            "FilterExpression",
            json!({"Or": [team.clone(), service.clone()]}),
            Some("(tag team orders or SERVICE Amazon EC2)"),
        ),
        (
            "FilterExpression",
            json!({"And": [not("RECORD_TYPE", json!(["Credit", "Refund"])), service.clone()]}),
            Some("SERVICE Amazon EC2"),
        ),
        (
            "FilterExpression",
            not("RECORD_TYPE", json!(["Credit", "Tax"])),
            None,
        ),
        (
            "FilterExpression",
            not("RECORD_TYPE", json!(["Usage"])),
            Some("not (RECORD_TYPE Usage)"),
        ),
        (
            "FilterExpression",
            not("SERVICE", json!(["Tax"])),
            Some("not (SERVICE Tax)"),
        ),
        (
            "FilterExpression",
            json!({"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Tax"]}}),
            Some("RECORD_TYPE Tax"),
        ),
        (
            "FilterExpression",
            json!({"Of": "a year to come"}),
            Some("a filter that is not known here"),
        ),
        (
            "BillingViewArn",
            json!("arn:aws:billing::123456789012:billingview/primary"),
            None,
        ),
        (
            "BillingViewArn",
            json!("arn:aws:billing::123456789012:billingview/custom-1"),
            Some("billing view arn:aws:billing::123456789012:billingview/custom-1"),
        ),
    ] {
        let mut over = budget("300", None);
        over[field] = value;
        let budget = one(over);
        assert_eq!(budget.filter.as_deref(), filter, "{field}");
        let analysis = CostAnalysis {
            budgets: vec![budget],
            ..CostAnalysis::default()
        };
        assert_eq!(analysis.is_over_budget(), filter.is_none(), "{filter:?}");
    }
}

#[test]
fn whether_credits_lower_the_amounts_is_stated_where_it_is_known() {
    let not_credits = json!({"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit"]}}});
    let service = json!({"Dimensions": {"Key": "SERVICE", "Values": ["Amazon EC2"]}});
    for (fields, after) in [
        (json!({"CostTypes": {"IncludeCredit": true}}), Some(true)),
        (json!({"CostTypes": {}}), Some(true)),
        (json!({"CostTypes": {"IncludeCredit": false}}), Some(false)),
        (json!({"CostTypes": null}), None),
        (
            json!({"CostTypes": null, "Metrics": ["UnblendedCost"]}),
            Some(true),
        ),
        (
            json!({"CostTypes": null, "Metrics": ["UnblendedCost"], "FilterExpression": not_credits}),
            Some(false),
        ),
        (
            json!({"CostTypes": null, "Metrics": ["UnblendedCost"], "FilterExpression": {"And": [service, not_credits]}}),
            Some(false),
        ),
    ] {
        let mut budget = budget("1", None);
        for (field, value) in fields.as_object().unwrap() {
            budget[field] = value.clone();
        }
        assert_eq!(one(budget).is_after_credits, after, "{fields}");
    }
}

#[test]
fn usage_is_no_cost_and_coverage_is_left_out() {
    let usage = with("BudgetType", json!("USAGE"));
    assert_eq!(
        (usage.kind, usage.is_of_account()),
        (BudgetKind::Usage, false)
    );
    for kind in [
        "RI_UTILIZATION",
        "RI_COVERAGE",
        "SAVINGS_PLANS_UTILIZATION",
        "SAVINGS_PLANS_COVERAGE",
    ] {
        let mut budget = budget("20", None);
        budget["BudgetType"] = json!(kind);
        assert!(
            budgets(DAY, Some(TODAY), &reads(&[vec![budget]]))
                .0
                .is_empty(),
            "{kind}"
        );
    }
}

#[test]
fn those_over_their_limits_are_first_and_the_rest_is_counted() {
    let called = |name: String, actual: &str| {
        let mut budget = budget(actual, None);
        budget["BudgetName"] = json!(name);
        budget
    };
    let within = (0..30).map(|number| called(format!("within {number:02}"), &number.to_string()));
    let first: Vec<_> = within.collect();
    let mut unknown = called("unknown".into(), "0");
    unknown["CalculatedSpend"] = json!(null);
    let mut part = called("part".into(), "900");
    part["CostFilters"] = json!({"Service": ["Amazon EC2"]});
    let second = vec![
        unknown,
        called("near".into(), "99"),
        part,
        called("over".into(), "101"),
        called("within 00".into(), "0"),
    ];
    let (found, more) = budgets(DAY, Some(TODAY), &reads(&[first, second]));
    let names: Vec<_> = found.iter().map(|budget| budget.name.as_str()).collect();
    assert_eq!(
        names[..6],
        ["over", "part", "near", "unknown", "within 29", "within 28"]
    );
    // A budget that two pages have is one.
    assert_eq!((found.len(), more), (MOST, 34 - MOST));
}

#[test]
fn a_report_of_an_earlier_day_has_no_budgets() {
    let reads = reads(&[vec![budget("300", None)]]);
    for (day, today, count) in [
        (DAY, Some(TODAY), 1),
        (DAY, None, 1),
        (DAY, Some(DAY), 0),
        (date(2026, 11, 18), Some(TODAY), 0),
    ] {
        assert_eq!(
            budgets(day, today, &reads).0.len(),
            count,
            "{day} {today:?}"
        );
    }
}
