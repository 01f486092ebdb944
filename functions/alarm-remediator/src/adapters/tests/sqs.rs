//! Queues on the wire. The answers are AWS's, shortened.

use serde_json::{Value as Json, json};
use wiremock::matchers::{body_partial_json, header};

use super::*;
use crate::{
    actions::redrive_queue::{Queue, ReadQueue},
    setting::{Reading, Setting, Value},
};

const ARN: &str = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq";
const URL: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq";

fn moves() -> Setting {
    Setting::Redrive {
        queue: ARN.into(),
        per_second: 10,
    }
}

fn task(status: &str, started: u64) -> Json {
    json!({"Status": status, "SourceArn": ARN, "ApproximateNumberOfMessagesMoved": 3, "StartedTimestamp": started})
}

/// A server that answers each operation by its name.
async fn sqs(answers: &[(&str, Json)]) -> MockServer {
    let server = MockServer::start().await;
    for (operation, body) in answers {
        let target = format!("AmazonSQS.{operation}");
        Mock::given(header("x-amz-target", target.as_str()))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&server)
            .await;
    }
    server
}

#[tokio::test]
async fn a_queue_is_read_with_its_sources_to_the_last_page() {
    let server = sqs(&[
        ("GetQueueUrl", json!({"QueueUrl": URL})),
        (
            "GetQueueAttributes",
            json!({"Attributes": {"ApproximateNumberOfMessages": "7"}}),
        ),
    ])
    .await;
    let page = |urls: &[&str], next: Option<&str>| {
        ResponseTemplate::new(200).set_body_json(json!({"queueUrls": urls, "NextToken": next}))
    };
    let list = || header("x-amz-target", "AmazonSQS.ListDeadLetterSourceQueues");
    Mock::given(list())
        .and(body_partial_json(json!({"NextToken": "n-1"})))
        .respond_with(page(
            &["https://sqs.eu-west-1.amazonaws.com/123456789012/invoices"],
            None,
        ))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(list())
        .respond_with(page(
            &["https://sqs.eu-west-1.amazonaws.com/123456789012/orders"],
            Some("n-1"),
        ))
        .mount(&server)
        .await;
    let found = ports_at(server.uri()).queue("orders-dlq").await.unwrap();
    let expected = Queue {
        messages: 7,
        sources: vec!["orders".into(), "invoices".into()],
    };
    assert_eq!(found, Some(expected));
    let missing = json!({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."});
    let (ports, _server) = answering(400, missing).await;
    assert_eq!(ports.queue("orders-dlq").await.unwrap(), None);
}

#[tokio::test]
async fn a_queue_without_a_count_is_no_empty_one() {
    let server = sqs(&[
        ("GetQueueUrl", json!({"QueueUrl": URL})),
        ("GetQueueAttributes", json!({})),
    ])
    .await;
    let fault = ports_at(server.uri())
        .queue("orders-dlq")
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "SQS gave no number of messages of the queue orders-dlq"
    );
}

#[tokio::test]
async fn the_tags_of_a_queue_are_read_by_its_arn() {
    let server = sqs(&[
        ("GetQueueUrl", json!({"QueueUrl": URL})),
        (
            "ListQueueTags",
            json!({"Tags": {"picket:remediate": "true"}}),
        ),
    ])
    .await;
    let tags = ports_at(server.uri()).tags(ARN).await.unwrap();
    assert_eq!(tags["picket:remediate"], "true");
    let sent = server.received_requests().await.unwrap();
    let body: Json = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(body, json!({"QueueName": "orders-dlq"}));
}

#[tokio::test]
async fn the_last_move_is_settled_when_no_task_runs() {
    for (tasks, value, settled) in [
        (json!([]), Value::Absent, true),
        (json!([task("COMPLETED", 5)]), Value::Number(5), true),
        (
            json!([task("FAILED", 9), task("CANCELLED", 5)]),
            Value::Number(9),
            true,
        ),
        (
            json!([task("RUNNING", 9), task("COMPLETED", 5)]),
            Value::Number(9),
            false,
        ),
        (json!([task("CANCELLING", 9)]), Value::Number(9), false),
    ] {
        let (ports, server) = answering(200, json!({"Results": tasks})).await;
        let expected = Reading {
            value,
            revision: None,
            settled,
        };
        assert_eq!(
            ports.setting(&moves()).await.unwrap(),
            Some(expected),
            "{tasks}"
        );
        assert_eq!(
            request(&server).await.2,
            json!({"SourceArn": ARN, "MaxResults": 10})
        );
    }
    let missing = json!({"__type": "com.amazonaws.sqs#ResourceNotFoundException", "message": "The resource that you specified for the SourceArn parameter doesn't exist."});
    let (ports, _server) = answering(404, missing).await;
    assert_eq!(ports.setting(&moves()).await.unwrap(), None);
}

#[tokio::test]
async fn a_move_is_started_at_the_playbooks_rate() {
    let (ports, server) = answering(200, json!({"TaskHandle": "h"})).await;
    written(&ports, moves(), &Value::NewRun).await.unwrap();
    let sent = request(&server).await.2;
    assert_eq!(
        sent,
        json!({"SourceArn": ARN, "MaxNumberOfMessagesPerSecond": 10})
    );
    let write = Write {
        setting: moves(),
        from: Value::Absent,
        to: Value::NewRun,
        revision: None,
    };
    let (command, body) = crate::actions::testing::parsed(&write.request());
    assert_eq!(
        (command.as_str(), body),
        ("sqs start-message-move-task", sent)
    );
    assert_eq!(write.revert_request(), None);
    let (ports, server) = answering(200, json!({})).await;
    assert!(written(&ports, moves(), &Value::Absent).await.is_err());
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// The refusals of AWS, with its own words.
#[tokio::test]
async fn a_refusal_of_aws_says_why_and_whether_it_passes() {
    for (kind, message, sentence, transient) in [
        (
            "AWS.SimpleQueueService.UnsupportedOperation",
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
            "SQS refuses to move the messages of the queue arn:aws:sqs:eu-west-1:123456789012:orders-dlq: There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
            false,
        ),
        ("RequestThrottled", "Rate exceeded", "", true),
    ] {
        let body = json!({"__type": format!("com.amazonaws.sqs#{}", kind.rsplit('.').next().unwrap()), "message": message});
        let (ports, _server) = answering(400, body).await;
        let fault = written(&ports, moves(), &Value::NewRun).await.unwrap_err();
        assert!(fault.to_string().starts_with(sentence), "{fault}");
        assert_eq!(fault.is_transient(), transient, "{kind}");
    }
}
