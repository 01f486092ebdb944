mod budgets;
mod cached;

use std::{sync::Mutex, time::Duration};

use jiff::{Timestamp, civil::Date};
use lambda_runtime::Diagnostic;
use serde_json::json;

use picket_aws::{
    ledger::DayRows,
    overrides::{ConditionalRead, Found, Object, ReadResults},
};

use super::*;
use picket_cloudwatch::pack::Request;
use rust_decimal::Decimal;

use crate::{
    analysis::{Reported, Settings},
    answer::{AnomalyPage, Answer, BudgetPage, ForecastAnswer},
    config::AgentBudgets,
    ports,
    reads::{
        Part,
        query::CostQuery,
        unread::{Unread, unread},
    },
};

/// Cost Explorer with this many pages, a ledger and a topic that answer or do not.
struct Fleet {
    pages: u32,
    /// The page whose request fails.
    fails_at: Option<u32>,
    ledger: bool,
    topic: bool,
    /// The prices in the override bucket.
    prices: Option<&'static str>,
    requested: Mutex<Vec<(String, Option<String>)>>,
    published: Mutex<Vec<String>>,
    /// The month's budget.
    budget: Option<i64>,
    /// Whether the state, the metrics and the bucket answer.
    state: bool,
    /// The posted days.
    posted: Mutex<Vec<Reported>>,
    claimed: Mutex<Vec<Date>>,
    files: Mutex<Vec<String>>,
    metrics: Mutex<Vec<Request>>,
    /// The pages of AWS Budgets, of one budget each; `None` is a missing permission.
    budgets: Option<u32>,
}

fn fleet() -> Fleet {
    Fleet {
        pages: 1,
        fails_at: None,
        ledger: true,
        topic: true,
        prices: None,
        requested: Mutex::default(),
        published: Mutex::default(),
        budget: None,
        state: true,
        posted: Mutex::default(),
        claimed: Mutex::default(),
        files: Mutex::default(),
        metrics: Mutex::default(),
        budgets: Some(1),
    }
}

impl ports::ReadCosts for &Fleet {
    async fn costs(&self, query: &CostQuery, page: Option<&str>) -> Result<Answer, Unread> {
        if query.part != Part::Services {
            return self.other(query);
        }
        let (start, end) = (query.start, query.end);
        let number: u32 = page.map_or(1, |page| page.parse().unwrap());
        self.requested
            .lock()
            .unwrap()
            .push((format!("{start} {end}"), page.map(str::to_owned)));
        if self.fails_at == Some(number) {
            return Err(silent());
        }
        let next = (number < self.pages).then(|| (number + 1).to_string());
        let answer = json!({
            "ResultsByTime": [{
                "TimePeriod": {"Start": "2026-11-19", "End": "2026-11-20"},
                "Groups": [{"Keys": [format!("service {number}")], "Metrics": {"UnblendedCost": {"Amount": "0.1", "Unit": "USD"}}}],
            }],
            "NextPageToken": next,
        });
        Ok(Answer::read(answer.to_string().as_bytes())
            .unwrap()
            .remove(0))
    }
}

impl Fleet {
    /// The other parts, with the month's amounts, unless Cost Explorer does not answer.
    fn other(&self, query: &CostQuery) -> Result<Answer, Unread> {
        if self.fails_at.is_some() {
            return Err(silent());
        }
        let keys: &[&str] = match query.part {
            Part::Month => &["Usage"],
            Part::Accounts => &["123456789012"],
            _ => &["eu-central-1"],
        };
        let amount = Decimal::new(i64::from(self.pages.min(10)), 1).to_string();
        let results: Vec<_> = (1..=19)
            .map(|day| {
                let groups = json!([{"Keys": keys, "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}]);
                let groups = if day == 19 { groups } else { json!([]) };
                let start = Date::new(2026, 11, day).unwrap();
                json!({"TimePeriod": {"Start": start, "End": start.tomorrow().unwrap()}, "Groups": groups})
            })
            .collect();
        let answer = json!({"ResultsByTime": results}).to_string();
        Ok(Answer::read(answer.as_bytes()).unwrap().remove(0))
    }
}

fn silent() -> Unread {
    unread(None, Fault::transient("Cost Explorer did not answer"))
}

impl ports::ReadForecast for &Fleet {
    async fn forecast(&self, start: Date, end: Date) -> Result<ForecastAnswer, Unread> {
        if self.fails_at.is_some() {
            return Err(silent());
        }
        let forecast = json!({
            "Total": {"Amount": "1.1", "Unit": "USD"},
            "ForecastResultsByTime": [{"TimePeriod": {"Start": start, "End": end}, "MeanValue": "1.1"}],
        });
        Ok(serde_json::from_value(forecast).unwrap())
    }
}

impl ports::ReadAnomalies for &Fleet {
    async fn anomalies(&self, _: Date, _: Date, _: Option<&str>) -> Result<AnomalyPage, Unread> {
        Ok(AnomalyPage::default())
    }
}

impl ports::ReadBudgets for &Fleet {
    async fn budgets(&self, account: &str, page: Option<&str>) -> Result<BudgetPage, Unread> {
        let requested = (format!("budgets of {account}"), page.map(str::to_owned));
        self.requested.lock().unwrap().push(requested);
        let Some(pages) = self.budgets else {
            return Err(Unread::Fault(Fault::permanent(
                "this function may not read the budgets",
            )));
        };
        let number: u32 = page.map_or(1, |page| page.parse().unwrap());
        let spend = |amount: &str| json!({"Amount": amount, "Unit": "USD"});
        let budget = json!({"BudgetName": format!("budget {number}"), "BudgetType": "COST", "TimeUnit": "MONTHLY",
            "BudgetLimit": spend("10"), "CalculatedSpend": {"ActualSpend": spend("10.5")}});
        let next = (number < pages).then(|| (number + 1).to_string());
        Ok(serde_json::from_value(json!({"Budgets": [budget], "NextToken": next})).unwrap())
    }
}

impl ports::ReadLedger for &Fleet {
    async fn rows(&self, _: Date, _: usize) -> Result<DayRows, Fault> {
        if self.ledger {
            Ok(DayRows {
                is_whole: true,
                ..DayRows::default()
            })
        } else {
            Err(Fault::permanent(
                "the ledger table does not exist; deploy the stack",
            ))
        }
    }
}

impl ports::ReadOverrides for &Fleet {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        let answer = |read: &ConditionalRead| {
            assert_eq!(read.object, "prices.yaml");
            match self.prices {
                None => Ok(Found::Nothing),
                Some("unreachable") => Err(Fault::transient("the bucket did not answer")),
                Some(text) => Ok(Found::New(Object {
                    file: "s3://overrides/picket/prices.yaml".into(),
                    etag: "e".into(),
                    text: text.into(),
                })),
            }
        };
        reads.iter().map(answer).collect()
    }
}

impl ports::Publish for &Fleet {
    async fn publish(
        &self,
        severity: Severity,
        _: &FleetMessage,
        subject: &str,
    ) -> Result<(), Fault> {
        if !self.topic {
            return Err(Fault::transient("could not publish to the topic"));
        }
        let subject = format!("{severity}: {subject}");
        self.published.lock().unwrap().push(subject);
        Ok(())
    }
}

fn broken<T>() -> Result<T, Fault> {
    Err(Fault::transient("it did not answer"))
}

impl ports::ReadReported for &Fleet {
    async fn reported(&self, from: Date, to: Date) -> Result<Vec<Reported>, Fault> {
        if !self.state {
            return broken();
        }
        let posted = self.posted.lock().unwrap().clone();
        let between = |day: &Reported| (from..=to).contains(&day.date);
        Ok(posted.into_iter().filter(between).collect())
    }
}

impl ports::ClaimReport for &Fleet {
    async fn claim(&self, claim: &ports::Claim) -> Result<bool, Fault> {
        if !self.state {
            return broken();
        }
        let mut claimed = self.claimed.lock().unwrap();
        let is_free = !claimed.contains(&claim.date);
        claimed.push(claim.date);
        Ok(is_free)
    }
}

impl ports::ReleaseReport for &Fleet {
    async fn release(&self, date: Date, _: Timestamp) -> Result<(), Fault> {
        self.claimed.lock().unwrap().retain(|day| *day != date);
        Ok(())
    }
}

impl ports::WriteReported for &Fleet {
    async fn write_reported(
        &self,
        reported: &Reported,
        instead_of: Option<Decimal>,
        _: Timestamp,
    ) -> Result<(), Fault> {
        if !self.state {
            return broken();
        }
        let mut posted = self.posted.lock().unwrap();
        let known = posted.iter().position(|day| day.date == reported.date);
        match (known, instead_of) {
            (Some(known), Some(total)) if posted[known].total == Some(total) => {
                posted[known] = reported.clone();
            }
            (None, None) => posted.push(reported.clone()),
            _ => {}
        }
        self.claimed
            .lock()
            .unwrap()
            .retain(|day| *day != reported.date);
        Ok(())
    }
}

impl ports::PutMetrics for &Fleet {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        if !self.state {
            return broken().map_err(PutError::Lost);
        }
        self.metrics.lock().unwrap().push(request.clone());
        Ok(())
    }
}

impl ports::WriteFile for &Fleet {
    async fn write_file(&self, name: &str, text: String) -> Result<(), Fault> {
        if !self.state {
            return broken();
        }
        self.files.lock().unwrap().push(format!("{name}\n{text}"));
        Ok(())
    }
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-20T06:00:00Z".parse().unwrap()
    }

    async fn sleep(&self, _: Duration) {}
}

async fn run(fleet: &Fleet) -> Result<CostReport, Error> {
    let mut reports = run_event(fleet, &json!({})).await?;
    assert_eq!(reports.len(), 1);
    Ok(reports.remove(0))
}

/// Handles the schedule's event, with other fields besides.
async fn run_event(fleet: &Fleet, fields: &serde_json::Value) -> Result<Vec<CostReport>, Error> {
    let handler = Handler::new(config(fleet), fleet, Fixed);
    handler.handle(event(fields).as_bytes(), None).await
}

fn config(fleet: &Fleet) -> Config {
    Config {
        environment: "prod".into(),
        stack: "picket".into(),
        ledger_table: "ledger".into(),
        info_topic_arn: "topic".into(),
        override_bucket: None,
        settings: Settings {
            budget: fleet.budget.map(|amount| crate::Money {
                amount: Decimal::from(amount),
                currency: Some("USD".to_owned()),
            }),
            ..Settings::default()
        },
        by_region: true,
        most_requests: 20,
        warning_topic_arn: "warnings".into(),
        report_bucket: Some("reports".into()),
        agent_budgets: AgentBudgets::default(),
    }
}

/// The schedule's event, with other fields besides.
fn event(fields: &serde_json::Value) -> String {
    let mut event = json!({"picket": {"kind": "daily-report", "version": 1}});
    for (name, value) in fields.as_object().unwrap() {
        event[name] = value.clone();
    }
    event.to_string()
}

#[tokio::test]
async fn every_page_is_read_with_an_exclusive_end() {
    let fleet = Fleet {
        pages: 3,
        ..fleet()
    };
    let report = run(&fleet).await.unwrap();
    assert_eq!(report.total.unwrap().to_string(), "0.3");
    assert_eq!(
        (report.requests, &report.caveats[..]),
        (8, &[][..]),
        "three pages, and five other queries"
    );
    let requested = fleet.requested.into_inner().unwrap();
    let pages: Vec<_> = requested.iter().map(|(_, page)| page.as_deref()).collect();
    assert_eq!(pages, [None, Some("2"), Some("3")]);
    assert!(
        requested
            .iter()
            .all(|(period, _)| period == "2026-10-22 2026-11-20")
    );
    assert_eq!(
        fleet.published.into_inner().unwrap(),
        ["info: Cost of 2026-11-19: picket (prod)"]
    );
}

#[tokio::test]
async fn pages_past_the_cap_are_not_paid_for_and_the_report_says_so() {
    let report = run(&Fleet {
        pages: 1_000,
        ..fleet()
    })
    .await
    .unwrap();
    assert_eq!(report.requests, 20);
    let used_up = "the report's 20 requests to Cost Explorer are used up";
    assert_eq!(
        report.caveats,
        [
            "incomplete: Cost Explorer's answer names a further page that was not read".to_owned(),
            format!(
                "without the month to date, the forecast, the cost by account, the cost by region, AWS's own anomalies: {used_up}"
            ),
            format!("incomplete: {used_up}"),
        ]
    );
}

#[tokio::test]
async fn a_table_that_is_not_there_loses_only_its_part() {
    let fleet = Fleet {
        ledger: false,
        ..fleet()
    };
    let report = run(&fleet).await.unwrap();
    assert!(report.caveats[0].contains("the ledger table does not exist"));
    assert_eq!(fleet.published.into_inner().unwrap().len(), 1);
}

#[tokio::test]
async fn an_override_of_the_prices_that_is_refused_is_a_caveat_and_no_failure() {
    let row = "  - { id: night, model: 'a*', from: 2026-11-01, source: 'https://example.com', read: 2026-11-19, input: 1 }";
    let good = format!("{}\n{row}\n", prices::BUILT_IN.1.trim_end()).leak();
    for (text, caveat) in [
        (&*good, None),
        ("prices: [", Some("s3://overrides/picket/prices.yaml:1:")),
        ("unreachable", Some("the bucket did not answer")),
    ] {
        let report = run(&Fleet {
            prices: Some(text),
            ..fleet()
        })
        .await
        .unwrap();
        let said = report.caveats.first();
        assert_eq!(said.is_some(), caveat.is_some(), "{said:?}");
        assert!(
            caveat.is_none_or(|caveat| said.unwrap().contains(caveat)),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn what_was_read_before_a_fault_is_reported() {
    let report = run(&Fleet {
        pages: 3,
        fails_at: Some(2),
        ..fleet()
    })
    .await
    .unwrap();
    assert_eq!(report.total.unwrap().to_string(), "0.1");
    assert_eq!(report.requests, 7);
    assert_eq!(
        report.incomplete(),
        Some("Cost Explorer's answer names a further page that was not read")
    );
    let last = report.caveats.last().map(String::as_str);
    assert_eq!(last, Some("incomplete: Cost Explorer did not answer"));
}

#[tokio::test]
async fn a_report_that_cannot_be_published_fails_the_invocation() {
    let error = run(&Fleet {
        topic: false,
        ..fleet()
    })
    .await
    .unwrap_err();
    let diagnostic = Diagnostic::from(error);
    assert_eq!(diagnostic.error_type, "PublishFailed");
    assert_eq!(
        diagnostic.error_message,
        "the report was made but not published: could not publish to the topic"
    );
}

#[tokio::test]
async fn with_nothing_to_say_the_invocation_fails() {
    let fleet = Fleet {
        fails_at: Some(1),
        ledger: false,
        ..fleet()
    };
    let error = run(&fleet).await.unwrap_err();
    assert!(matches!(error, Error::NothingToSay { .. }));
    assert!(fleet.published.into_inner().unwrap().is_empty());
}

#[tokio::test]
async fn a_day_is_posted_once_however_often_the_function_runs() {
    let fleet = fleet();
    assert_eq!(run_event(&fleet, &json!({})).await.unwrap().len(), 1);
    assert!(run_event(&fleet, &json!({})).await.unwrap().is_empty());
    let given = json!({"date": "2026-11-19"});
    assert!(run_event(&fleet, &given).await.unwrap().is_empty());
    let again = json!({"date": "2026-11-19", "again": true});
    assert_eq!(run_event(&fleet, &again).await.unwrap().len(), 1);
    assert_eq!(fleet.published.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_day_that_another_invocation_holds_is_left_to_it_and_tried_again() {
    let fleet = fleet();
    fleet
        .claimed
        .lock()
        .unwrap()
        .push(Date::constant(2026, 11, 19));
    let error = run_event(&fleet, &json!({})).await.unwrap_err();
    assert!(matches!(error, Error::Held(_)));
    assert!(fleet.published.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_day_that_was_not_published_is_released_for_the_retry() {
    let mut fleet = Fleet {
        topic: false,
        ..fleet()
    };
    assert!(run_event(&fleet, &json!({})).await.is_err());
    fleet.topic = true;
    assert_eq!(run_event(&fleet, &json!({})).await.unwrap().len(), 1);
}

#[tokio::test]
async fn missed_days_are_made_up_for_and_cost_explorer_is_read_once() {
    let fleet = fleet();
    fleet.posted.lock().unwrap().push(Reported {
        date: Date::constant(2026, 11, 16),
        currency: "USD".into(),
        total: Some(Decimal::ONE),
    });
    let reports = run_event(&fleet, &json!({})).await.unwrap();
    let days: Vec<_> = reports.iter().map(|report| report.date.day()).collect();
    assert_eq!(days, [17, 18, 19]);
    let services = fleet.requested.into_inner().unwrap();
    assert_eq!(services.len(), 1);
    assert_eq!(services[0].0, "2026-10-20 2026-11-20");
    // The metrics are of the newest day.
    assert_eq!(fleet.metrics.into_inner().unwrap().len(), 1);
}

#[tokio::test]
async fn without_the_state_the_report_goes_out_and_says_so() {
    let fleet = Fleet {
        state: false,
        ..fleet()
    };
    let report = run(&fleet).await.unwrap();
    assert_eq!(
        report.caveats,
        [
            "the days reported before could not be read, so none is restated or made up for: it did not answer",
            "the report is not in the bucket: it did not answer",
            "the metrics are not published: it did not answer",
        ]
    );
}

#[tokio::test]
async fn a_report_over_budget_is_a_warning_and_others_are_not() {
    for (budget, severity) in [(2, "info"), (1, "warning")] {
        let fleet = Fleet {
            budget: Some(budget),
            ..fleet()
        };
        let report = run(&fleet).await.unwrap();
        let month = report.analysis.month.unwrap();
        assert_eq!(month.expected().to_string(), "1.2");
        let published = fleet.published.into_inner().unwrap();
        assert!(published[0].starts_with(severity), "{published:?}");
    }
}

#[tokio::test]
async fn the_report_is_a_file_and_metrics_as_well() {
    let fleet = fleet();
    run(&fleet).await.unwrap();
    let files = fleet.files.into_inner().unwrap();
    assert_eq!(
        files,
        [
            "cost/2026-11-19.csv\ndate,account,currency,estimated,kind,name,amount,day_before\r\n2026-11-19,,USD,false,total,,0.1,\r\n2026-11-19,,USD,false,service,service 1,0.1,\r\n"
        ]
    );
    let metrics = fleet.metrics.into_inner().unwrap();
    let names: Vec<_> = metrics[0]
        .data
        .iter()
        .map(|datum| datum.name.as_str())
        .collect();
    assert_eq!(names, ["DailyCost", "DailyCost"]);
}
