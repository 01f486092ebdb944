//! Accounts of all kinds, each with its golden report.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the lint's exemption does not reach"
)]

mod support;

use cost_reporter::{
    About, Money, Reads, Recording, Reported, Settings, day_report,
    reads::{
        plan::{PlanFor, first},
        query::Query,
    },
};
use jiff::{ToSpan, civil::Date};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use support::{Account, Charge, charge, steady};

const fn date(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

const DAY: Date = date(2026, 11, 19);
const NOW: &str = "2026-11-20T06:00:00Z";

fn budget(amount: i64) -> Settings {
    Settings {
        budget: Some(Money {
            amount: Decimal::from(amount),
            currency: Some("USD".to_owned()),
        }),
        ..Settings::default()
    }
}

/// An account with the usual charges of two months up to a day, and some others.
fn account(last: Date, others: impl IntoIterator<Item = Charge>) -> Account {
    let mut charges = steady(last.saturating_sub(70.days()), last);
    charges.extend(others);
    Account {
        charges,
        settings: budget(500),
        ..Account::default()
    }
}

fn golden(report: &picket_shared::fleet::CostReport) -> Value {
    let mut report = serde_json::to_value(report).unwrap();
    for field in ["by_agent", "token_cost_usd", "stack"] {
        report.as_object_mut().unwrap().remove(field);
    }
    report
}

#[tokio::test]
async fn credits_that_cancel_everything_hide_nothing() {
    let week = DAY.saturating_sub(9.days()).series(1.day()).take(10);
    let credits = week.flat_map(|day| {
        [
            charge(day, "Amazon EC2", "Usage", "18.2365432109"),
            charge(day, "AWS Lambda", "Credit", "-10"),
            charge(day, "Amazon DynamoDB", "Credit", "-5.5"),
            charge(day, "Amazon S3", "Credit", "-0.1234567891"),
            charge(day, "Amazon EC2", "Credit", "-18.2365432109"),
        ]
    });
    let (report, _) = account(DAY, credits).report_at(NOW).await;
    let charges = report.analysis.charges.unwrap();
    assert_eq!(report.total.unwrap(), Decimal::ZERO);
    assert_eq!(charges.usage.to_string(), "33.8600000000");
    assert_eq!(charges.credits.to_string(), "-33.8600000000");
    insta::assert_json_snapshot!("credits-cancel-everything", golden(&report));
}

#[tokio::test]
async fn credits_inside_services_are_apart_and_their_end_is_seen() {
    let week = DAY.saturating_sub(9.days()).series(1.day()).take(9);
    let credits = week.map(|day| charge(day, "AWS Lambda", "Credit", "-4"));
    let mut account = account(DAY, credits);
    account.settings.credits = Some("2026-11-10=40".parse().unwrap());
    let (report, _) = account.report_at(NOW).await;
    let credits = report.analysis.credits.as_ref().unwrap();
    assert!(credits.stopped);
    // Eight days of 4 dollars since.
    assert_eq!(credits.left.unwrap().to_string(), "8");
    insta::assert_json_snapshot!("credits-inside-services", golden(&report));
}

#[tokio::test]
async fn negative_amounts_are_part_of_their_service() {
    let others = [
        charge(DAY, "Amazon EC2", "SavingsPlanCoveredUsage", "7.25"),
        charge(DAY, "Amazon EC2", "SavingsPlanNegation", "-7.25"),
        charge(
            DAY,
            "AWS Lambda",
            "Enterprise Discount Program Discount",
            "-1.5",
        ),
        charge(DAY, "AWS Support", "Support", "29"),
        charge(DAY, "Amazon DynamoDB", "Refund", "-3.3"),
    ];
    let (report, _) = account(DAY, others).report_at(NOW).await;
    assert_eq!(report.total.unwrap().to_string(), "39.8234567891");
    insta::assert_json_snapshot!("negative-amounts", golden(&report));
}

#[tokio::test]
async fn tax_on_the_first_is_no_change() {
    let first = date(2026, 11, 1);
    let tax = [
        charge(first, "Tax", "Tax", "23.94"),
        charge(first, "AWS Support", "Support", "100"),
    ];
    let (report, _) = account(first, tax).report_at("2026-11-02T06:00:00Z").await;
    let comparison = report.analysis.comparison.as_ref().unwrap();
    assert_eq!(comparison.amount, comparison.day_before.unwrap());
    assert!(report.analysis.movers.is_empty() && report.analysis.anomalies.is_empty());
    insta::assert_json_snapshot!("tax-on-the-first", golden(&report));
}

#[tokio::test]
async fn a_new_service_is_new_and_its_usage_type_is_named() {
    let bedrock = Charge {
        usage_type: "EUC1-Claude-Input-Tokens",
        ..charge(DAY, "Amazon Bedrock", "Usage", "41.37")
    };
    let mut account = account(DAY, [bedrock]);
    account.anomalies = json!([
        {"AnomalyId": "a", "AnomalyStartDate": "2026-11-19", "AnomalyEndDate": "2026-11-19", "DimensionValue": "Amazon Bedrock",
         "RootCauses": [{"Service": "Amazon Bedrock", "Region": "eu-central-1", "UsageType": "EUC1-Claude-Input-Tokens"}],
         "Impact": {"TotalImpact": 30.5}},
        {"AnomalyId": "a", "AnomalyStartDate": "2026-11-19", "AnomalyEndDate": "2026-11-20", "DimensionValue": "Amazon Bedrock",
         "RootCauses": [], "Impact": {"TotalImpact": 41.37}},
    ]);
    let (report, _) = account.report_at(NOW).await;
    assert_eq!(report.analysis.first_seen[0].name, "Amazon Bedrock");
    assert_eq!(report.analysis.anomalies.len(), 1, "one an id");
    assert_eq!(
        report.analysis.movers[0].causes[0].name,
        "EUC1-Claude-Input-Tokens"
    );
    insta::assert_json_snapshot!("new-service", golden(&report));
}

#[tokio::test]
async fn budgets_of_the_account_and_of_parts_are_named_by_what_they_count() {
    let spend = |amount: &str, unit: &str| json!({"Amount": amount, "Unit": unit});
    let budget = |name: &str,
                  kind: &str,
                  unit: &str,
                  limit: &str,
                  actual: &str,
                  forecast: Option<&str>| {
        json!({"BudgetName": name, "BudgetType": kind, "TimeUnit": "MONTHLY", "BudgetLimit": spend(limit, unit),
            "CalculatedSpend": {"ActualSpend": spend(actual, unit), "ForecastedSpend": forecast.map(|amount| spend(amount, unit))},
            "CostTypes": {"IncludeCredit": false, "IncludeRefund": false}})
    };
    let mut service = budget("lambda", "COST", "USD", "150", "190.0000000001", None);
    service["CostFilters"] = json!({"Service": ["AWS Lambda"]});
    let mut changed = budget("new", "COST", "USD", "100", "0.0", None);
    changed["LastUpdatedTime"] = json!(1_795_100_000.5);
    let account = Account {
        budgets: json!([
            budget(
                "account",
                "COST",
                "USD",
                "450",
                "296.8456790129",
                Some("468.70")
            ),
            service,
            budget("transfer", "USAGE", "GB", "100", "85.5", None),
            changed,
            budget(
                "savings",
                "SAVINGS_PLANS_COVERAGE",
                "PERCENTAGE",
                "100",
                "12",
                None
            ),
        ]),
        ..account(DAY, [])
    };
    let (report, _) = account.report_at(NOW).await;
    let month = report.analysis.month.as_ref().unwrap();
    assert!(!month.is_over_budget() && report.analysis.is_over_budget());
    insta::assert_json_snapshot!("budgets-of-aws", golden(&report));
}

#[tokio::test]
async fn a_vanished_service_has_gone_once_the_day_has_filled() {
    let mut account = account(DAY, []);
    account
        .charges
        .retain(|charge| charge.day < DAY || charge.service != "Amazon DynamoDB");
    // A third of every day's cost is missing on the newest day: it may still come.
    let (filling, _) = account.report_at(NOW).await;
    assert!(filling.analysis.filling.is_some());
    assert_eq!(
        filling.analysis.comparison.as_ref().unwrap().day,
        date(2026, 11, 18)
    );
    assert!(filling.analysis.movers.is_empty());
    insta::assert_json_snapshot!("vanished-service-still-filling", golden(&filling));
    // No longer estimated, it is gone.
    account.estimated_from = date(2026, 11, 20);
    account.published.lock().unwrap().clear();
    let (settled, _) = account.report_at(NOW).await;
    assert_eq!(settled.absent[0].service, "Amazon DynamoDB");
    assert_eq!(settled.analysis.movers[0].service, "Amazon DynamoDB");
    insta::assert_json_snapshot!("vanished-service", golden(&settled));
}

#[tokio::test]
async fn calendar_days_of_every_kind_have_a_report() {
    for (name, day, now) in [
        ("leap-day", date(2028, 2, 29), "2028-03-01T06:00:00Z"),
        (
            "last-day-of-a-month",
            date(2026, 11, 30),
            "2026-12-01T06:00:00Z",
        ),
        (
            "first-day-of-a-month",
            date(2026, 12, 1),
            "2026-12-02T06:00:00Z",
        ),
        (
            "last-day-of-a-year",
            date(2026, 12, 31),
            "2027-01-01T06:00:00Z",
        ),
        (
            "first-day-of-a-year",
            date(2027, 1, 1),
            "2027-01-02T06:00:00Z",
        ),
        // It is the 20th in Tokyo, and still the 19th in UTC.
        (
            "another-time-zone",
            date(2026, 11, 18),
            "2026-11-20T08:30:00+09:00",
        ),
    ] {
        let (report, _) = account(day, []).report_at(now).await;
        assert_eq!(report.date, day, "{name}");
        let month = report.analysis.month.as_ref().unwrap();
        let is_over = day == day.last_of_month();
        assert_eq!(month.forecast.is_none(), is_over, "{name}");
        assert!(report.caveats.is_empty(), "{name}: {:?}", report.caveats);
        insta::assert_json_snapshot!(name, golden(&report));
    }
}

#[tokio::test]
async fn another_currency_has_no_budget_in_dollars() {
    let account = Account {
        currency: "EUR",
        ..account(DAY, [])
    };
    let (report, _) = account.report_at(NOW).await;
    assert_eq!(report.analysis.month.as_ref().unwrap().budget, None);
    insta::assert_json_snapshot!("another-currency", golden(&report));
}

#[tokio::test]
async fn a_young_account_has_no_forecast_and_nothing_is_new() {
    let charges = steady(date(2026, 11, 17), DAY);
    let account = Account {
        charges,
        forecast: None,
        settings: budget(500),
        ..Account::default()
    };
    let (report, _) = account.report_at(NOW).await;
    assert!(report.analysis.first_seen.is_empty());
    let comparison = report.analysis.comparison.as_ref().unwrap();
    assert_eq!((comparison.week_before, comparison.usual), (None, None));
    assert_eq!(report.analysis.month.as_ref().unwrap().last_month, None);
    insta::assert_json_snapshot!("young-account", golden(&report));
}

#[tokio::test]
async fn three_accounts_are_apart_and_the_one_behind_a_change_is_named() {
    let days = DAY.saturating_sub(70.days()).series(1.day()).take(71);
    let of = |day, account, team, amount| Charge {
        account,
        team,
        ..charge(day, "AWS Lambda", "Usage", amount)
    };
    let mut others: Vec<_> = days
        .flat_map(|day| {
            [
                of(day, "222222222222", "", "3"),
                of(day, "333333333333", "", "2"),
            ]
        })
        .collect();
    others.push(of(DAY, "222222222222", "", "20"));
    let mut account = account(DAY, others);
    account.settings.tag = Some("team".to_owned());
    account.posted = vec![Reported {
        date: date(2026, 11, 18),
        currency: "USD".to_owned(),
        total: Some("18".parse().unwrap()),
    }];
    let (report, _) = account.report_at(NOW).await;
    let mover = &report.analysis.movers[0];
    let causes: Vec<_> = mover
        .causes
        .iter()
        .map(|cause| format!("{} {} {}", cause.by, cause.name, cause.change))
        .collect();
    assert_eq!(
        causes,
        [
            "usage type EUC1-Requests 20",
            "account 222222222222 20",
            "team no tag 20"
        ]
    );
    assert_eq!(report.analysis.accounts.len(), 3);
    assert_eq!(
        report
            .analysis
            .untagged
            .as_ref()
            .unwrap()
            .amount
            .to_string(),
        "25"
    );
    assert_eq!(report.analysis.restated.len(), 1);
    insta::assert_json_snapshot!("three-accounts", golden(&report));
}

#[tokio::test]
async fn four_hundred_services_are_one_message_that_sns_takes() {
    let days = DAY.saturating_sub(70.days()).series(1.day()).take(71);
    let service = |number: i32| format!("Amazon Service With A Long Name, Number {number}");
    let charges = days
        .flat_map(|day| {
            (0..400).map(move |number| {
                charge(
                    day,
                    &service(number),
                    "Usage",
                    &format!("{number}.0123456789"),
                )
            })
        })
        .collect();
    let account = Account {
        charges,
        page: 2_000,
        settings: budget(500),
        ..Account::default()
    };
    let (report, bytes) = account.report_at(NOW).await;
    assert_eq!(report.by_service.len(), 400);
    assert_eq!(report.total.unwrap().to_string(), "79804.9382715600");
    assert!(report.caveats.is_empty(), "{:?}", report.caveats);
    // SNS: 256 KiB a message.
    assert!(bytes < 128 * 1024, "{bytes}");
}

/// The answers to the plan's first queries, in the order of the pages or reversed.
fn recording(account: &Account, reversed: bool) -> Recording {
    let plan = PlanFor {
        first: DAY,
        last: DAY,
        today: DAY.tomorrow().unwrap(),
        tag: None,
        regions: true,
        account: None,
    };
    let queries = first(&plan);
    let costs = queries.iter().filter_map(|query| match query {
        Query::Costs(query) => Some(account.pages(query)),
        _ => None,
    });
    let mut costs: Vec<_> = costs.flatten().collect();
    if reversed {
        costs.reverse();
    }
    Recording {
        costs,
        ..Recording::default()
    }
}

fn report_of(recording: Recording) -> cost_reporter::DayReport {
    let settings = Settings::default();
    let about = About {
        date: DAY,
        today: DAY.tomorrow().ok(),
        settings: &settings,
        reported: &[],
    };
    day_report(&about, &Reads::from_recording(recording)).unwrap()
}

#[test]
fn pages_out_of_order_are_the_same_report() {
    let account = Account {
        page: 3,
        ..account(DAY, [charge(DAY, "AWS Lambda", "Credit", "-2")])
    };
    let report = report_of(recording(&account, false));
    assert_eq!(report, report_of(recording(&account, true)));
    assert!(recording(&account, false).costs.len() > 30);
    insta::assert_json_snapshot!("pages-out-of-order", serde_json::to_value(report).unwrap());
}

#[test]
fn sums_that_do_not_agree_make_the_report_incomplete() {
    let account = account(DAY, []);
    for (key, sentence) in [
        ("RECORD_TYPE", "and its record types to"),
        ("LINKED_ACCOUNT", "and by account to"),
    ] {
        let mut recording = recording(&account, false);
        for page in &mut recording.costs {
            if page.group_definitions.len() == 1 && page.group_definitions[0].key == key {
                for result in &mut page.results_by_time {
                    for group in &mut result.groups {
                        let metric = group.metrics.get_mut("UnblendedCost").unwrap();
                        let amount: Decimal = metric.amount.parse().unwrap();
                        metric.amount = (amount - Decimal::new(1, 6)).to_string();
                    }
                }
            }
        }
        let caveats = report_of(recording).caveats;
        assert!(
            caveats[0].starts_with("incomplete: ") && caveats[0].contains(sentence),
            "{caveats:?}"
        );
    }
}

#[test]
fn no_float_is_on_the_way_to_an_amount() {
    fn visit(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
                continue;
            }
            // The SDK's anomalies are floats, in no total; CloudWatch's values are floats, after all sums.
            let is_edge = path.ends_with("adapters/convert.rs") || path.ends_with("metrics.rs");
            let text = std::fs::read_to_string(&path).unwrap();
            if !is_edge && (text.contains("f64") || text.contains("f32")) {
                found.push(path.display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    visit(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut found,
    );
    assert!(found.is_empty(), "{found:?}");
}

fn charges() -> impl Strategy<Value = Vec<Charge>> {
    let services = ["AWS Lambda", "Amazon EC2", "Amazon S3"];
    let types = ["Usage", "Credit", "Tax", "Refund", "DiscountedUsage"];
    let accounts = ["111111111111", "222222222222"];
    let one = (
        0_i32..30,
        0_usize..3,
        0_usize..5,
        0_usize..2,
        any::<i32>(),
        0_u32..=10,
    );
    let charge = move |(age, service, kind, account, number, scale): (
        i32,
        usize,
        usize,
        usize,
        i32,
        u32,
    )| Charge {
        account: accounts[account],
        amount: Decimal::new(i64::from(number), scale),
        ..charge(
            DAY.saturating_sub(age.days()),
            services[service],
            types[kind],
            "0",
        )
    };
    proptest::collection::vec(one.prop_map(charge), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The same records, grouped by service, record type, account and region, are one total; and each stated change is
    /// the difference of two days that are there.
    #[test]
    fn totals_are_equal_for_any_grouping_and_changes_are_of_two_known_days(charges in charges(), page in 1_usize..40) {
        let account = Account { charges: charges.clone(), page, ..Account::default() };
        let report = report_of(recording(&account, true));
        let of_day = charges.iter().filter(|charge| charge.day == DAY);
        let total: Decimal = of_day.map(|charge| charge.amount).sum();
        prop_assert_eq!(report.total, total);
        prop_assert!(report.caveats.iter().all(|caveat| !caveat.starts_with("incomplete")), "{:?}", report.caveats);
        if let Some(kinds) = report.analysis.charges {
            let sum: Decimal = kinds.named().iter().map(|(_, amount)| *amount).sum();
            prop_assert_eq!(sum, total);
        }
        let usage = |day: Date| -> Option<Decimal> {
            let is_there = charges.iter().any(|charge| charge.day == day);
            let of_day = charges.iter().filter(|charge| charge.day == day);
            let usage = of_day.filter(|charge| !["Credit", "Tax", "Refund"].contains(&charge.record_type));
            is_there.then(|| usage.map(|charge| charge.amount).sum())
        };
        if let Some(comparison) = &report.analysis.comparison {
            let before = |days: i32| usage(comparison.day.saturating_sub(days.days()));
            prop_assert_eq!(Some(comparison.amount), usage(comparison.day));
            prop_assert_eq!(comparison.day_before, before(1));
            prop_assert_eq!(comparison.week_before, before(7));
        }
        for mover in &report.analysis.movers {
            let of = |day: Date| -> Decimal {
                let of_day = charges.iter().filter(|charge| charge.day == day && charge.service == mover.service);
                of_day.filter(|charge| !["Credit", "Tax", "Refund"].contains(&charge.record_type)).map(|charge| charge.amount).sum()
            };
            prop_assert!(usage(mover.against).is_some());
            prop_assert_eq!(mover.before, of(mover.against));
            prop_assert_eq!(Some(mover.amount), report.analysis.comparison.as_ref().map(|comparison| of(comparison.day)));
        }
    }
}
