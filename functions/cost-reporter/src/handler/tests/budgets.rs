//! Budgets of AWS Budgets in a report.

use super::*;
use crate::collect::BUDGET_REQUESTS;

const ACCOUNT: &str = "123456789012";

async fn report_of(fleet: &Fleet) -> CostReport {
    let handler = Handler::new(config(fleet), fleet, Fixed);
    let reports = handler
        .handle(event(&json!({})).as_bytes(), Some(ACCOUNT))
        .await;
    reports.unwrap().remove(0)
}

fn budget_requests(fleet: &Fleet) -> usize {
    let requested = fleet.requested.lock().unwrap();
    let of_budgets = |query: &&(String, Option<String>)| query.0 == format!("budgets of {ACCOUNT}");
    requested.iter().filter(of_budgets).count()
}

#[tokio::test]
async fn every_page_of_budgets_is_read_and_costs_no_request_to_cost_explorer() {
    let fleet = Fleet {
        budgets: Some(3),
        ..fleet()
    };
    let report = report_of(&fleet).await;
    assert_eq!(report.analysis.budgets.len(), 3);
    assert_eq!((budget_requests(&fleet), report.requests), (3, 6));
    assert_eq!(report.caveats, <[String; 0]>::default());
}

#[tokio::test]
async fn a_missing_permission_loses_the_budgets_alone_and_says_so() {
    let report = report_of(&Fleet {
        budgets: None,
        ..fleet()
    })
    .await;
    assert!(report.total.is_some() && report.analysis.budgets.is_empty());
    assert_eq!(
        report.caveats,
        ["without the budgets of AWS Budgets: this function may not read the budgets"]
    );
}

#[tokio::test]
async fn more_budgets_than_a_report_reads_are_not_read_and_it_says_so() {
    let fleet = Fleet {
        budgets: Some(1_000),
        ..fleet()
    };
    let report = report_of(&fleet).await;
    assert_eq!(
        budget_requests(&fleet),
        usize::try_from(BUDGET_REQUESTS).unwrap()
    );
    assert_eq!(
        report.caveats,
        [
            "without some budgets of AWS Budgets: AWS Budgets has more than the 10 that a report reads"
        ]
    );
    assert_eq!(report.analysis.budgets.len(), 10);
}

#[tokio::test]
async fn a_budget_of_the_account_that_is_exceeded_makes_the_report_a_warning() {
    let fleet = fleet();
    let report = report_of(&fleet).await;
    assert!(
        report
            .analysis
            .month
            .as_ref()
            .is_some_and(|month| month.budget.is_none())
    );
    assert!(fleet.published.lock().unwrap()[0].starts_with("warning"));
}

#[tokio::test]
async fn budgets_are_in_the_report_that_has_no_costs() {
    let report = report_of(&Fleet {
        fails_at: Some(1),
        ..fleet()
    })
    .await;
    assert_eq!((report.total, report.analysis.budgets.len()), (None, 1));
}

#[tokio::test]
async fn a_late_report_reads_no_budgets() {
    let fleet = fleet();
    let handler = Handler::new(config(&fleet), &fleet, Fixed);
    let late = event(&json!({"date": "2026-11-10"}));
    handler
        .handle(late.as_bytes(), Some(ACCOUNT))
        .await
        .unwrap();
    assert_eq!(budget_requests(&fleet), 0);
}
