use jiff::civil::{Date, date};
use picket_shared::usage::{Usage, UsageKey};
use serde_json::json;

use super::*;
use crate::{analysis::Settings, answer::Answer};

const SOURCE: Source<'static> = Source {
    stack: "picket-dev",
    account: Some("123456789012"),
    about: About {
        date: DAY,
        today: Some(date(2026, 11, 20)),
        settings: &Settings {
            budget: None,
            floor: crate::analysis::DEFAULT_FLOOR,
            tag: None,
            credits: None,
        },
        reported: &[],
    },
};
const DAY: Date = date(2026, 11, 19);

fn costs(next: Option<&str>, fault: Option<&str>) -> Reads {
    let page = json!({
        "ResultsByTime": [{
            "TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"},
            "Groups": [{"Keys": ["AWS Lambda"], "Metrics": {"UnblendedCost": {"Amount": "1.5", "Unit": "EUR"}}}],
            "Estimated": false,
        }],
        "NextPageToken": next,
    });
    let pages = Answer::read(page.to_string().as_bytes()).unwrap();
    Reads {
        costs: [(Part::Services, pages.into())].into(),
        left_out: left_out(fault),
        requests: 2,
        ..Reads::default()
    }
}

fn left_out(fault: Option<&str>) -> std::collections::BTreeMap<Part, String> {
    let fault = fault.map(|fault| (Part::Services, fault.to_owned()));
    fault.into_iter().collect()
}

fn silent() -> Reads {
    Reads {
        left_out: left_out(Some("it did not answer")),
        requests: 1,
        ..Reads::default()
    }
}

fn row(day: Date) -> UsageRow {
    UsageRow {
        key: UsageKey {
            date: day,
            agent: "triage".into(),
            model: "nova".into(),
            incident: None,
            price: Some("p".into()),
            batch: false,
        },
        usage: Usage {
            requests: 1,
            ..Usage::default()
        },
    }
}

fn made(costs: &Reads, rows: Result<Vec<UsageRow>, String>) -> Result<CostReport, Error> {
    let ledger = rows.map(|rows| LedgerRows {
        rows,
        unreadable: 0,
    });
    compose(&SOURCE, costs, ledger, |_| Some(Decimal::new(25, 2)))
}

#[test]
fn rows_that_cannot_be_read_are_a_caveat_and_the_others_are_in_the_report() {
    let ledger = LedgerRows {
        rows: vec![row(DAY)],
        unreadable: 2,
    };
    let price = |_: &UsageRow| Some(Decimal::new(25, 2));
    let report = compose(&SOURCE, &costs(None, None), Ok(ledger), price).unwrap();
    assert_eq!(report.token_cost_usd, Some(Decimal::new(25, 2)));
    assert_eq!(
        report.caveats,
        [
            "incomplete: 2 rows of the usage ledger cannot be read and are in no total; restore them from the table's backup"
        ]
    );
}

#[test]
fn both_sources_stand_side_by_side() {
    let report = made(
        &costs(None, None),
        Ok(vec![row(DAY), row(date(2026, 11, 18))]),
    )
    .unwrap();
    assert_eq!(report.total.unwrap().to_string(), "1.5");
    assert_eq!(report.currency, "EUR");
    assert_eq!(
        report.token_cost_usd.unwrap().to_string(),
        "0.25",
        "another day's row is not counted"
    );
    assert_eq!(
        (report.requests, report.estimated, report.caveats.len()),
        (2, false, 0)
    );
}

#[test]
fn without_the_ledger_the_costs_go_out_and_say_so() {
    let report = made(&costs(None, None), Err("the table is not there".into())).unwrap();
    assert!(report.total.is_some());
    assert_eq!(report.token_cost_usd, None);
    assert_eq!(
        report.caveats,
        ["the usage ledger could not be read, so token costs are unknown: the table is not there"]
    );
}

#[test]
fn without_cost_explorer_the_tokens_go_out_and_the_total_is_not_zero() {
    let report = made(&silent(), Ok(vec![row(DAY)])).unwrap();
    assert_eq!((report.total, report.estimated), (None, true));
    assert_eq!(report.token_cost_usd.unwrap().to_string(), "0.25");
    assert_eq!(
        report.caveats,
        ["Cost Explorer could not be read, so the day's cost is unknown: it did not answer"]
    );
}

#[test]
fn pages_that_were_read_before_a_fault_are_reported_as_incomplete() {
    let report = made(
        &costs(Some("more"), Some("it did not answer")),
        Ok(Vec::new()),
    )
    .unwrap();
    assert_eq!(report.total.unwrap().to_string(), "1.5");
    assert_eq!(
        report.caveats,
        [
            "incomplete: Cost Explorer's answer names a further page that was not read",
            "incomplete: it did not answer",
        ]
    );
}

#[test]
fn an_answer_without_the_day_is_not_zero_either() {
    let empty = Reads {
        requests: 1,
        ..Reads::default()
    };
    let report = made(&empty, Ok(Vec::new())).unwrap();
    assert_eq!(report.total, None);
    assert_eq!(
        report.caveats,
        [
            "the day's cost is unknown: the answers have no daily result for 2026-11-19; they have no day at all"
        ]
    );
}

#[test]
fn with_nothing_to_say_nothing_is_said() {
    let error = made(&silent(), Err("the table is not there".into())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no report was made: Cost Explorer could not be read, so the day's cost is unknown: it did not answer; and the usage ledger could not be read: the table is not there"
    );
}
