use std::{sync::Mutex, time::Duration};

use jiff::{Timestamp, civil::Date};
use lambda_runtime::Diagnostic;
use serde_json::json;

use picket_aws::{
    ledger::LedgerRows,
    overrides::{ConditionalRead, Found, Object, ReadResults},
};

use super::*;
use crate::{
    analysis::Settings,
    answer::{AnomalyPage, Answer, ForecastAnswer},
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
        let amount = rust_decimal::Decimal::new(i64::from(self.pages.min(10)), 1).to_string();
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

impl ports::ReadLedger for &Fleet {
    async fn rows(&self, _: Date) -> Result<LedgerRows, Fault> {
        if self.ledger {
            Ok(LedgerRows::default())
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
    async fn publish(&self, _: &FleetMessage, subject: &str) -> Result<(), Fault> {
        if !self.topic {
            return Err(Fault::transient("could not publish to the topic"));
        }
        self.published.lock().unwrap().push(subject.to_owned());
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
    let config = Config {
        environment: "prod".into(),
        stack: "picket".into(),
        ledger_table: "ledger".into(),
        info_topic_arn: "topic".into(),
        override_bucket: None,
        settings: Settings::default(),
        by_region: true,
        most_requests: 20,
    };
    let event = br#"{"picket": {"kind": "daily-report", "version": 1}}"#;
    Handler::new(config, fleet, Fixed).handle(event, None).await
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
        ["Cost of 2026-11-19: picket (prod)"]
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
