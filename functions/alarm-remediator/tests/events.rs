//! Each sample event of this function gives its golden plan and message; what other functions alone understand is
//! refused.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the lint's exemption does not reach"
)]

mod facts;

use std::{fs, path::PathBuf};

use alarm_remediator::{
    Home, Mode, Plan, Scope, Situation, StoredAlarm,
    actions::{
        Facts,
        reserved_concurrency::{AccountLimits, FunctionFacts, Measured},
    },
    confirmation::Confirmation,
    guards::History,
    input::Input,
    plan, playbook, read,
    triage::{Ignored, Triage, triage},
};
use jiff::Timestamp;
use picket_rules::playbooks::Action;
use picket_shared::alarm::Alarm;
use serde_json::{Value, json};

/// The present of every sample, a minute after its alarm.
const NOW: &str = "2026-11-20T06:01:00Z";

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

/// `checkout` and `invoices` are tagged and run at a reservation of 40; `thumbnails` has none.
fn function(function: &str) -> FunctionFacts {
    let reserved = (function != "thumbnails").then_some(40);
    FunctionFacts {
        tags: [("picket:remediate".to_owned(), "true".to_owned())].into(),
        reserved,
        account: AccountLimits {
            concurrent: 1_000,
            unreserved: 820,
        },
        measured: Measured {
            function_peak: Some(reserved.unwrap_or(310)),
            account_peak: Some(977),
            throttles: Some(42),
        },
        last_changed: None,
    }
}

/// CloudWatch has each alarm as its message says.
fn stored(alarm: &Alarm) -> StoredAlarm {
    StoredAlarm {
        arn: alarm.arn.clone(),
        state: alarm.state,
        changed_at: alarm.changed_at,
        metrics: alarm.watches.metrics().to_vec(),
    }
}

fn planned(alarm: &Alarm) -> Result<Plan, Ignored> {
    let home = Home {
        partition: "aws".into(),
        region: "eu-west-1".into(),
        account: "123456789012".into(),
        stack: "picket-dev".into(),
        resources: "UserJourneyFunctionName=checkout UserJourneyTableName="
            .parse()
            .unwrap(),
    };
    let scope = Scope {
        playbooks: playbook::built_in(),
        home: &home,
    };
    let now: Timestamp = NOW.parse().unwrap();
    let candidate = match triage(alarm, &scope, alarm.changed_at, now)? {
        Triage::Refused(refused) => return Ok(Plan::Refuse(refused)),
        Triage::Candidate(candidate) => candidate,
    };
    let facts = match candidate.action() {
        Action::RaiseReservedConcurrency(bounds) => {
            Facts::ReservedConcurrency(bounds, Some(function(&candidate.target)))
        }
        Action::RaiseTableThroughput(bounds) => facts::table(bounds, &candidate.target),
        Action::RaiseShards(bounds) => facts::stream(bounds),
        Action::SetLogRetention(bounds) => facts::group(*bounds),
        Action::Diagnose(_) => facts::diagnosis(),
        Action::StopFunction(_) => facts::functions::running(),
        Action::PauseMapping(_) => facts::functions::failing(),
        Action::RaiseParallelization(bounds) => facts::functions::behind(*bounds),
        Action::RollBackAlias(bounds) => facts::functions::deployed(bounds),
        Action::RaiseTaskCount(bounds) => facts::services::busy(*bounds),
        Action::RedeployService(bounds) => facts::services::old(*bounds),
        Action::RedriveQueue(bounds) => facts::queues::waiting(*bounds),
        Action::RunAutomation(_) => panic!("no playbook for a document is built in"),
        Action::SetParameter(_) => panic!("no playbook for a parameter is built in"),
    };
    let confirmation = Confirmation::Read(Some(stored(alarm)));
    let mode = Mode::Observe;
    let history = History::default();
    let situation = Situation {
        confirmation: &confirmation,
        mutes: Ok(Vec::new()),
        history: Ok(&history),
        mode: &mode,
    };
    Ok(plan(&candidate, &situation, &facts, &scope, now))
}

fn golden(alarm: &Alarm) -> Value {
    let plan = match planned(alarm) {
        Ok(Plan::Act(change) | Plan::Await(change) | Plan::Propose(change)) => {
            json!({"would": change.to_string(), "request": change.request(), "revert": change.revert()})
        }
        Ok(Plan::Diagnose(diagnosis)) => json!({"diagnosed": diagnosis.finding.to_string()}),
        Ok(Plan::Refuse(refused)) => json!({"refused": refused.refusal.to_string()}),
        Err(ignored @ Ignored::Composite) => json!({"refused": ignored.to_string()}),
        Err(ignored) => json!({"nothing": ignored.to_string()}),
    };
    json!({
        "alarm": alarm.name,
        "description": alarm.description,
        "playbook": alarm_remediator::playbook_for(alarm_remediator::playbook::built_in(), alarm).ok(),
        "plan": plan,
    })
}

#[test]
fn each_sample_gives_its_golden_plan() {
    let files = samples("alarm-remediator");
    assert!(files.len() >= 3);
    for file in files {
        let Input::Alarms(input) = read(&fs::read(&file).unwrap()).unwrap() else {
            panic!("{} carries no alarm", file.display())
        };
        let plans: Vec<_> = input.alarms.iter().map(golden).collect();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        insta::assert_json_snapshot!(
            name,
            json!({"plans": plans, "passed_over": input.passed_over})
        );
    }
}

/// `slack-forwarder` is not among them: both functions are subscribed to the same topics, and read the same alarms.
#[test]
fn the_samples_of_the_other_functions_are_refused() {
    for function in ["event-processor", "metrics-publisher", "cost-reporter"] {
        for file in samples(function) {
            let event = fs::read(&file).unwrap();
            assert!(read(&event).is_err(), "{}", file.display());
        }
    }
}
