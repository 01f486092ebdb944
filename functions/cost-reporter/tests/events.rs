//! Each sample event of this function gives its golden report; every other function's is refused.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the lint's exemption does not reach"
)]

use std::{fs, path::PathBuf, sync::Mutex, time::Duration};

use cost_reporter::{
    Answer, Settings,
    answer::{AnomalyPage, ForecastAnswer},
    config::Config,
    handler::Handler,
    ports::{Publish, ReadAnomalies, ReadCosts, ReadForecast, ReadLedger, ReadOverrides},
    reads::{Part, query::CostQuery, unread::Unread},
};
use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    ledger::LedgerRows,
    overrides::{ConditionalRead, Found, ReadResults},
};
use picket_shared::{
    clock::Clock,
    fleet::FleetMessage,
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};

/// The present of every sample.
const NOW: &str = "2026-11-20T06:00:00Z";

/// An account that returns recorded answers.
struct RecordedAccount {
    answer: Answer,
    published: Mutex<Vec<(String, String)>>,
}

impl ReadCosts for &RecordedAccount {
    async fn costs(&self, query: &CostQuery, _page: Option<&str>) -> Result<Answer, Unread> {
        let (start, end) = (query.start, query.end);
        if query.part != Part::Services {
            return Err(unknown());
        }
        let mut answer = self.answer.clone();
        answer.results_by_time.retain(|result| {
            let day = result.time_period.day();
            day.is_some_and(|day| start <= day && day < end)
        });
        Ok(answer)
    }
}

fn unknown() -> Unread {
    Unread::NoData(Fault::permanent("the recording has the services alone"))
}

impl ReadForecast for &RecordedAccount {
    async fn forecast(&self, _: Date, _: Date) -> Result<ForecastAnswer, Unread> {
        Err(unknown())
    }
}

impl ReadAnomalies for &RecordedAccount {
    async fn anomalies(&self, _: Date, _: Date, _: Option<&str>) -> Result<AnomalyPage, Unread> {
        Err(unknown())
    }
}

impl ReadLedger for &RecordedAccount {
    async fn rows(&self, date: Date) -> Result<LedgerRows, Fault> {
        let row = |agent: &str, model: &str, input, output| UsageRow {
            key: UsageKey {
                date,
                agent: agent.into(),
                model: model.into(),
                incident: None,
                price: None,
                batch: false,
            },
            usage: Usage {
                requests: 12,
                tokens: TokenCounts {
                    input,
                    output,
                    ..TokenCounts::default()
                },
            },
        };
        let rows = vec![
            row("triage", "amazon.nova-micro-v1:0", 48_211, 1_903),
            row("triage", "example.unheard-of-v1", 10, 20),
        ];
        Ok(LedgerRows {
            rows,
            unreadable: 0,
        })
    }
}

impl ReadOverrides for &RecordedAccount {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl Publish for &RecordedAccount {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        let published = (subject.to_owned(), message.to_json());
        self.published.lock().unwrap().push(published);
        Ok(())
    }
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }

    async fn sleep(&self, _: Duration) {}
}

fn samples(function: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events")).join(function);
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn each_sample_gives_its_golden_report() {
    let recording = include_bytes!("answers/two-months.json");
    let answer = Answer::read(recording).unwrap().remove(0);
    let config = Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        ledger_table: "ledger".into(),
        info_topic_arn: "arn:aws:sns:eu-west-1:123456789012:info".into(),
        override_bucket: None,
        settings: Settings::default(),
        by_region: true,
        most_requests: 20,
    };
    let files = samples("cost-reporter");
    assert!(files.len() >= 3);
    for file in files {
        let account = RecordedAccount {
            answer: answer.clone(),
            published: Mutex::default(),
        };
        let event = fs::read(&file).unwrap();
        let report = Handler::new(config.clone(), &account, Fixed)
            .handle(&event, Some("123456789012"))
            .await
            .unwrap();
        let (subject, message) = account.published.into_inner().unwrap().remove(0);
        let message: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!(
            message["total"],
            serde_json::to_value(report.total).unwrap()
        );
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        insta::assert_json_snapshot!(
            name,
            serde_json::json!({"subject": subject, "message": message})
        );
    }
}

#[test]
fn the_samples_of_the_other_functions_are_refused() {
    for function in [
        "event-processor",
        "metrics-publisher",
        "slack-forwarder",
        "alarm-remediator",
    ] {
        for file in samples(function) {
            let event = fs::read(&file).unwrap();
            assert!(cost_reporter::read(&event).is_err(), "{}", file.display());
        }
    }
}
