//! An account with charges, which answers any query of the plan as Cost Explorer does: sparse, in pages, amounts as
//! text. It shares no code with the reporter's reading of answers.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the lint's exemption does not reach"
)]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use cost_reporter::{
    Answer, Reported, Settings,
    answer::{AnomalyPage, BudgetPage, ForecastAnswer},
    config::Config,
    handler::Handler,
    ports::{
        Claim, ClaimReport, Publish, PutMetrics, ReadAnomalies, ReadBudgets, ReadCosts,
        ReadForecast, ReadLedger, ReadOverrides, ReadReported, ReleaseReport, WriteFile,
        WriteReported,
    },
    reads::{
        query::{CostQuery, Grouping},
        unread::Unread,
    },
};
use jiff::{Timestamp, ToSpan, civil::Date};
use picket_aws::{
    Fault,
    ledger::{DayRows, LedgerRows},
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_cloudwatch::{pack::Request, ports::PutError};
use picket_shared::{
    Severity,
    clock::Clock,
    fleet::{CostReport, FleetMessage},
    usage::UsageRow,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// One charge of a day.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) day: Date,
    pub(crate) service: String,
    pub(crate) record_type: &'static str,
    pub(crate) usage_type: &'static str,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    /// The value of the tag `team`; empty is none.
    pub(crate) team: &'static str,
    pub(crate) amount: Decimal,
}

/// The account.
pub(crate) struct Account {
    pub(crate) charges: Vec<Charge>,
    /// Answers by service alone, in place of the charges.
    pub(crate) recorded: Option<Answer>,
    pub(crate) currency: &'static str,
    /// Groups of a page.
    pub(crate) page: usize,
    /// Days from this one on are estimated.
    pub(crate) estimated_from: Date,
    /// The forecast of the rest of a month; `None` is an account that is too young.
    pub(crate) forecast: Option<&'static str>,
    pub(crate) anomalies: Value,
    pub(crate) budgets: Value,
    pub(crate) ledger: Vec<UsageRow>,
    pub(crate) posted: Vec<Reported>,
    pub(crate) settings: Settings,
    pub(crate) published: Mutex<Vec<(String, String)>>,
    pub(crate) requests: Mutex<u32>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            charges: Vec::new(),
            recorded: None,
            currency: "USD",
            page: 1_000,
            estimated_from: Date::constant(2026, 11, 1),
            forecast: Some("150.25"),
            anomalies: json!([]),
            budgets: json!([]),
            ledger: Vec::new(),
            posted: Vec::new(),
            settings: Settings::default(),
            published: Mutex::default(),
            requests: Mutex::default(),
        }
    }
}

/// The keys and the amount of a group.
type Group = (Vec<String>, Decimal);

/// A charge of Lambda in one account and region.
pub(crate) fn charge(day: Date, service: &str, record_type: &'static str, amount: &str) -> Charge {
    Charge {
        day,
        service: service.to_owned(),
        record_type,
        usage_type: "EUC1-Requests",
        account: "123456789012",
        region: "eu-central-1",
        team: "orders",
        amount: amount.parse().unwrap(),
    }
}

/// Three services that cost the same on each of the days from `first` to `last`.
pub(crate) fn steady(first: Date, last: Date) -> Vec<Charge> {
    first
        .series(1.day())
        .take_while(|day| *day <= last)
        .flat_map(|day| {
            [
                charge(day, "AWS Lambda", "Usage", "10"),
                charge(day, "Amazon DynamoDB", "Usage", "5.5"),
                charge(day, "Amazon S3", "Usage", "0.1234567891"),
            ]
        })
        .collect()
}

impl Account {
    /// All pages of the answer to a query.
    pub(crate) fn pages(&self, query: &CostQuery) -> Vec<Answer> {
        if let Some(recorded) = &self.recorded {
            let mut answer = recorded.clone();
            answer.results_by_time.retain(|result| {
                let day = result.time_period.day();
                day.is_some_and(|day| query.start <= day && day < query.end)
            });
            return vec![answer];
        }
        let mut rows: Vec<(Date, Option<Group>)> = Vec::new();
        for day in query
            .start
            .series(1.day())
            .take_while(|day| *day < query.end)
        {
            let mut groups = BTreeMap::<Vec<String>, Decimal>::new();
            for charge in self.charges.iter().filter(|charge| charge.day == day) {
                if takes(query, charge) {
                    let keys = query.group_by.iter().map(|grouping| key(grouping, charge));
                    *groups.entry(keys.collect()).or_default() += charge.amount;
                }
            }
            if groups.is_empty() {
                rows.push((day, None));
            }
            rows.extend(groups.into_iter().map(|group| (day, Some(group))));
        }
        let pages: Vec<_> = rows.chunks(self.page).collect();
        let count = pages.len();
        let definitions: Vec<_> = query.group_by.iter().map(definition).collect();
        pages
            .into_iter()
            .enumerate()
            .map(|(at, rows)| {
                let mut results: Vec<Value> = Vec::new();
                for (day, group) in rows {
                    if results
                        .last()
                        .is_none_or(|last| last["TimePeriod"]["Start"] != json!(day))
                    {
                        results.push(json!({
                            "TimePeriod": {"Start": day, "End": day.tomorrow().unwrap()},
                            "Total": {},
                            "Groups": [],
                            "Estimated": *day >= self.estimated_from,
                        }));
                    }
                    let Some((keys, amount)) = group else {
                        continue;
                    };
                    let metric = json!({"Amount": amount.to_string(), "Unit": self.currency});
                    let group = json!({"Keys": keys, "Metrics": {"UnblendedCost": metric}});
                    let groups = results.last_mut().unwrap()["Groups"]
                        .as_array_mut()
                        .unwrap();
                    groups.push(group);
                }
                let next = (at + 1 < count).then(|| (at + 1).to_string());
                let page = json!({
                    "GroupDefinitions": definitions,
                    "ResultsByTime": results,
                    "NextPageToken": next,
                });
                Answer::read(page.to_string().as_bytes()).unwrap().remove(0)
            })
            .collect()
    }

    /// The report of the schedule's event at a time, and the number of bytes of its message.
    pub(crate) async fn report_at(&self, now: &str) -> (CostReport, usize) {
        let event = br#"{"picket": {"kind": "daily-report", "version": 1}}"#;
        let mut reports = self.handle(event, now).await;
        assert_eq!(reports.len(), 1);
        let published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        (reports.remove(0), published[0].1.len())
    }

    pub(crate) async fn handle(&self, event: &[u8], now: &str) -> Vec<CostReport> {
        let config = Config {
            environment: "dev".into(),
            stack: "picket-dev".into(),
            ledger_table: "ledger".into(),
            info_topic_arn: "arn:aws:sns:eu-west-1:123456789012:info".into(),
            override_bucket: None,
            settings: self.settings.clone(),
            by_region: true,
            most_requests: 40,
            agent_budgets: "triage=0.10".parse().unwrap(),
            warning_topic_arn: "arn:aws:sns:eu-west-1:123456789012:warning".into(),
            report_bucket: None,
        };
        let clock = Fixed(now.parse().unwrap());
        let handler = Handler::new(config, self, clock);
        handler.handle(event, Some("123456789012")).await.unwrap()
    }
}

fn takes(query: &CostQuery, charge: &Charge) -> bool {
    let is_usage = !["Credit", "Refund", "Tax", "Support"].contains(&charge.record_type);
    let is_wanted = query.services.is_empty() || query.services.contains(&charge.service);
    is_wanted && (is_usage || !query.usage_only)
}

fn key(grouping: &Grouping, charge: &Charge) -> String {
    match grouping {
        Grouping::Tag(tag) => format!("{tag}${}", charge.team),
        Grouping::Dimension("SERVICE") => charge.service.clone(),
        Grouping::Dimension("RECORD_TYPE") => charge.record_type.to_owned(),
        Grouping::Dimension("LINKED_ACCOUNT") => charge.account.to_owned(),
        Grouping::Dimension("REGION") => charge.region.to_owned(),
        Grouping::Dimension("USAGE_TYPE") => charge.usage_type.to_owned(),
        Grouping::Dimension(other) => panic!("no charge has {other}"),
    }
}

fn definition(grouping: &Grouping) -> Value {
    match grouping {
        Grouping::Tag(tag) => json!({"Type": "TAG", "Key": tag}),
        Grouping::Dimension(key) => json!({"Type": "DIMENSION", "Key": key}),
    }
}

fn too_young() -> Unread {
    Unread::NoData(Fault::permanent("DataUnavailableException"))
}

impl ReadCosts for &Account {
    async fn costs(&self, query: &CostQuery, page: Option<&str>) -> Result<Answer, Unread> {
        *self.requests.lock().unwrap() += 1;
        let is_services = matches!(
            query.group_by.as_slice(),
            [
                Grouping::Dimension("SERVICE"),
                Grouping::Dimension("RECORD_TYPE")
            ]
        );
        if self.recorded.is_some() && !is_services {
            return Err(too_young());
        }
        let at: usize = page.map_or(0, |page| page.parse().unwrap());
        Ok(self.pages(query)[at].clone())
    }
}

impl ReadForecast for &Account {
    async fn forecast(&self, start: Date, end: Date) -> Result<ForecastAnswer, Unread> {
        *self.requests.lock().unwrap() += 1;
        let amount = self.forecast.ok_or_else(too_young)?;
        let forecast = json!({
            "Total": {"Amount": amount, "Unit": self.currency},
            "ForecastResultsByTime": [{
                "TimePeriod": {"Start": start, "End": end},
                "MeanValue": amount,
                "PredictionIntervalLowerBound": "100",
                "PredictionIntervalUpperBound": "200",
            }],
        });
        Ok(serde_json::from_value(forecast).unwrap())
    }
}

impl ReadAnomalies for &Account {
    async fn anomalies(&self, _: Date, _: Date, _: Option<&str>) -> Result<AnomalyPage, Unread> {
        *self.requests.lock().unwrap() += 1;
        Ok(serde_json::from_value(json!({"Anomalies": self.anomalies})).unwrap())
    }
}

impl ReadBudgets for &Account {
    async fn budgets(&self, _: &str, _: Option<&str>) -> Result<BudgetPage, Unread> {
        Ok(serde_json::from_value(json!({"Budgets": self.budgets})).unwrap())
    }
}

impl ReadLedger for &Account {
    async fn rows(&self, date: Date, _most: usize) -> Result<DayRows, Fault> {
        let rows = self.ledger.iter().cloned().map(|mut row| {
            row.key.date = date;
            row
        });
        Ok(DayRows {
            rows: LedgerRows {
                rows: rows.collect(),
                unreadable: 0,
            },
            is_whole: true,
        })
    }
}

impl ReadOverrides for &Account {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl ReadReported for &Account {
    async fn reported(&self, _: Date, _: Date) -> Result<Vec<Reported>, Fault> {
        Ok(self.posted.clone())
    }
}

impl ClaimReport for &Account {
    async fn claim(&self, _: &Claim) -> Result<bool, Fault> {
        Ok(true)
    }
}

impl ReleaseReport for &Account {
    async fn release(&self, _: Date, _: Timestamp) -> Result<(), Fault> {
        Ok(())
    }
}

impl WriteReported for &Account {
    async fn write_reported(
        &self,
        _: &Reported,
        _: Option<Decimal>,
        _: Timestamp,
    ) -> Result<(), Fault> {
        Ok(())
    }
}

impl PutMetrics for &Account {
    async fn put_metrics(&self, _: &Request) -> Result<(), PutError> {
        Ok(())
    }
}

impl WriteFile for &Account {
    async fn write_file(&self, _: &str, _: String) -> Result<(), Fault> {
        Ok(())
    }
}

impl Publish for &Account {
    async fn publish(
        &self,
        _: Severity,
        message: &FleetMessage,
        subject: &str,
    ) -> Result<(), Fault> {
        let published = (subject.to_owned(), message.to_json());
        self.published.lock().unwrap().push(published);
        Ok(())
    }
}

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, _: Duration) {}
}
