//! Automation documents on the wire. The answers are AWS's, shortened.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    actions::run_automation::{Document, ReadDocument},
    setting::{Reading, Setting, Value},
};

const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:document/restart";

fn runs() -> Setting {
    Setting::Automation {
        document: "restart".into(),
        parameters: [("Cluster".to_owned(), "prod".to_owned())].into(),
    }
}

fn run_after(id: &str) -> Write {
    run_for(Value::Text(id.into()), "alarm 2026-11-20T06:00:00Z")
}

fn run_for(from: Value, attempt: &str) -> Write {
    Write {
        setting: runs(),
        from,
        to: Value::NewRun,
        revision: Some(attempt.into()),
    }
}

fn execution(id: &str, document: &str, status: &str, started: u64) -> Json {
    json!({"AutomationExecutionId": id, "DocumentName": document, "AutomationExecutionStatus": status, "ExecutionStartTime": started})
}

#[tokio::test]
async fn a_document_is_read_with_its_type_and_parameters() {
    let body = json!({"Document": {
        "Name": "restart", "DocumentType": "Automation", "Owner": "123456789012",
        "Parameters": [{"Name": "Cluster", "Type": "String"}, {"Name": "Service", "Type": "String"}],
    }});
    let (ports, server) = answering(200, body).await;
    let expected = Document {
        kind: "Automation".into(),
        parameters: vec!["Cluster".into(), "Service".into()],
    };
    assert_eq!(ports.document("restart").await.unwrap(), Some(expected));
    assert_eq!(request(&server).await.2, json!({"Name": "restart"}));
    let missing = json!({"__type": "InvalidDocument", "Message": "Document with name restart does not exist."});
    let (ports, _server) = answering(400, missing).await;
    assert_eq!(ports.document("restart").await.unwrap(), None);
}

#[tokio::test]
async fn the_configuration_lists_the_documents() {
    let (ports, _server) = answering(200, json!({})).await;
    assert!(ports.is_listed(ARN));
    assert!(!ports.is_listed("arn:aws:ssm:eu-west-1:123456789012:document/restart-all"));
    assert!(!ports.is_listed(""));
}

#[tokio::test]
async fn the_tags_of_a_document_are_read_by_its_arn() {
    let body = json!({"TagList": [{"Key": "picket:remediate", "Value": "true"}]});
    let (ports, server) = answering(200, body).await;
    assert_eq!(ports.tags(ARN).await.unwrap()["picket:remediate"], "true");
    assert_eq!(
        request(&server).await.2,
        json!({"ResourceType": "Document", "ResourceId": "restart"})
    );
}

#[tokio::test]
async fn the_last_run_is_the_newest_of_the_document_and_settled_when_none_is_under_way() {
    let other = execution("e-9", "restart-all", "InProgress", 90);
    for (executions, value, settled) in [
        (json!([other]), Value::Absent, true),
        (
            json!([
                other,
                execution("e-1", "restart", "Success", 10),
                execution("e-2", "restart", "Failed", 20)
            ]),
            Value::Text("e-2".into()),
            true,
        ),
        (
            json!([
                execution("e-2", "restart", "TimedOut", 20),
                execution("e-1", "restart", "Waiting", 10)
            ]),
            Value::Text("e-2".into()),
            false,
        ),
        (
            json!([execution("e-3", "restart", "InProgress", 30)]),
            Value::Text("e-3".into()),
            false,
        ),
    ] {
        let body = json!({"AutomationExecutionMetadataList": executions});
        let (ports, server) = answering(200, body).await;
        let expected = Reading {
            value,
            revision: None,
            settled,
        };
        let found = ports.setting(&runs()).await.unwrap();
        assert_eq!(found, Some(expected), "{executions}");
        assert_eq!(
            request(&server).await.2,
            json!({"Filters": [{"Key": "DocumentNamePrefix", "Values": ["restart"]}]})
        );
    }
}

#[tokio::test]
async fn a_run_has_a_token_of_its_attempt() {
    let mut tokens = Vec::new();
    // The last two are runs of which Systems Manager has forgotten the one before: after 30 days.
    for write in [
        run_after("e-1"),
        run_after("e-1"),
        run_after("e-2"),
        run_for(Value::Absent, "alarm 2026-11-20T06:00:00Z"),
        run_for(Value::Absent, "alarm 2027-01-20T06:00:00Z"),
    ] {
        let (ports, server) = answering(200, json!({"AutomationExecutionId": "e-3"})).await;
        ports.write(&write).await.unwrap();
        let mut sent = request(&server).await.2;
        let token = sent["ClientToken"].as_str().unwrap().to_owned();
        sent.as_object_mut().unwrap().remove("ClientToken");
        assert_eq!(
            sent,
            json!({"DocumentName": "restart", "Parameters": {"Cluster": ["prod"]}})
        );
        assert_eq!(
            write.request(),
            format!("aws ssm start-automation-execution --cli-input-json '{sent}'")
        );
        let lengths: Vec<_> = token.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{token}");
        tokens.push(token);
    }
    assert_eq!(tokens[0], tokens[1], "a retry of the same attempt");
    let distinct: BTreeSet<_> = tokens.iter().collect();
    assert_eq!(distinct.len(), 4, "{tokens:?}");
    let (ports, server) = answering(200, json!({})).await;
    assert!(written(&ports, runs(), &Value::Absent).await.is_err());
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// The refusals of AWS, with its own words.
#[tokio::test]
async fn a_refusal_of_aws_says_why_and_whether_it_passes() {
    for (kind, message, sentence, transient) in [
        (
            "AutomationExecutionLimitExceededException",
            "The number of simultaneously running Automation executions exceeded the allowable limit.",
            "Systems Manager refuses to run the document restart, a quota is reached: ",
            false,
        ),
        (
            "InvalidAutomationExecutionParametersException",
            "Parameter \"Service\" requires a value.",
            "Systems Manager refuses to run the document restart: ",
            false,
        ),
        (
            "AutomationDefinitionNotFoundException",
            "Cannot find Automation definition with name: restart",
            "Systems Manager refuses to run the document restart: ",
            false,
        ),
    ] {
        let (ports, _server) = answering(400, json!({"__type": kind, "Message": message})).await;
        let fault = ports.write(&run_after("e-1")).await.unwrap_err();
        assert_eq!(fault.to_string(), format!("{sentence}{message}"));
        assert_eq!(fault.is_transient(), transient, "{kind}");
    }
    let body = json!({"__type": "InternalServerError", "Message": "no reason"});
    let (ports, _server) = answering(500, body).await;
    assert!(
        ports
            .write(&run_after("e-1"))
            .await
            .unwrap_err()
            .is_transient()
    );
}
