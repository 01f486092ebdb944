use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_lambda::config::{BehaviorVersion, retry::RetryConfig};
use aws_types::{SdkConfig, region::Region};
use picket_aws::remediations::{AuditRow, Rows, Stage, WaitingPlan};
use picket_shared::fleet::Outcome;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{
    super::audit::tests::{at, row},
    *,
};
use crate::{arguments::PlanId, terminal::plain};

const ARN: &str = "arn:aws:sts::111122223333:assumed-role/oncall/ada";

/// AWS with one stack whose remediator answers this, or fails with it.
async fn aws(answer: &Value, fails: bool) -> (SdkConfig, MockServer) {
    let server = MockServer::start().await;
    let answer = answer.clone();
    let respond = move |request: &Request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let xml = |text: String| ResponseTemplate::new(200).set_body_raw(text, "text/xml");
        if body.contains("DescribeStacks") {
            let output = |key: &str, value: &str| {
                format!(
                    "<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
                )
            };
            let outputs = [
                output("AlarmRemediator", "picket-remediator"),
                output("RemediationTable", "t"),
            ];
            return xml(format!(
                "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>picket-dev</StackName>\
                 <Outputs>{}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
                outputs.concat()
            ));
        }
        if body.contains("GetCallerIdentity") {
            return xml(format!(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{ARN}</Arn></GetCallerIdentityResult>\
                 </GetCallerIdentityResponse>"
            ));
        }
        let answered = ResponseTemplate::new(200).set_body_json(&answer);
        if fails {
            answered.insert_header("x-amz-function-error", "Unhandled")
        } else {
            answered
        }
    };
    Mock::given(wiremock::matchers::any())
        .respond_with(respond)
        .mount(&server)
        .await;
    let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .retry_config(RetryConfig::disabled())
        .http_client(picket_aws::connector())
        .build();
    (config, server)
}

fn plan() -> PlanId {
    "1a2b3c4d".parse().unwrap()
}

#[tokio::test]
async fn a_decision_invokes_the_stacks_remediator_with_the_plan_and_who_decides() {
    let answer = json!([{"alarm": "throttles", "result": {"announced": "done"}, "text": "Picket did it\u{1b}[2J."}]);
    for (decision, word, noun) in [
        (Decision::Approve, "approve", "approval"),
        (Decision::Decline, "decline", "decline"),
    ] {
        let (aws, server) = aws(&answer, false).await;
        let decided = decide(&aws, decision, &plan(), "picket-dev").await.unwrap();
        let requests = server.received_requests().await.unwrap();
        let invoked = requests.last().unwrap();
        assert_eq!(
            invoked.url.path(),
            "/2015-03-31/functions/picket-remediator/invocations"
        );
        let event: Value = serde_json::from_slice(&invoked.body).unwrap();
        assert_eq!(
            event,
            json!({"picket": {"kind": "approval", "version": 1}, "plan": "1a2b3c4d", "decision": word, "by": ARN})
        );
        assert_eq!(
            plain(&decided),
            format!("1a2b3c4d: {noun} by {ARN} sent\n  Picket did it\\u{{1b}}[2J.")
        );
        assert_eq!(serde_json::to_value(&decided).unwrap()["answer"], answer);
    }
}

#[tokio::test]
async fn a_remediator_that_fails_is_an_error_with_its_reason() {
    let answer = json!({"errorType": "Error", "errorMessage": "there is no plan 1a2b3c4d"});
    let (aws, _server) = aws(&answer, true).await;
    let error = decide(&aws, Decision::Approve, &plan(), "picket-dev").await;
    assert_eq!(
        error.unwrap_err(),
        "the remediator failed: there is no plan 1a2b3c4d"
    );
}

#[test]
fn an_id_that_is_none_is_refused() {
    for text in ["", "a b", "#1", "\u{1b}[2J", &"a".repeat(65)] {
        assert!(text.parse::<PlanId>().is_err(), "{text:?}");
    }
}

#[test]
fn a_change_is_open_until_it_is_reverted_or_kept() {
    let done = |target| row(target, Outcome::Done, None, 1);
    for (steps, expected) in [
        (&[][..], Some(Outcome::Done)),
        (&[Outcome::Verified], Some(Outcome::Verified)),
        (&[Outcome::Escalated], Some(Outcome::Escalated)),
        (&[Outcome::Verified, Outcome::Reverted], None),
        (&[Outcome::Verified, Outcome::Kept], None),
    ] {
        let mut rows = vec![done("checkout")];
        for (outcome, minute) in steps.iter().zip(5..) {
            rows.push(row(
                "checkout",
                *outcome,
                Some(&outcome.to_string()),
                minute,
            ));
        }
        // Another target's revert, and what changed nothing.
        rows.push(row("other", Outcome::Reverted, Some("reverted"), 9));
        rows.push(row("refused", Outcome::Refused, None, 9));
        let open = open_changes(&rows);
        assert_eq!(open.len(), usize::from(expected.is_some()), "{steps:?}");
        if let (Some(expected), [change]) = (expected, open.as_slice()) {
            let text = plain(change);
            assert!(
                text.starts_with(&format!(
                    "checkout changed at 2026-11-20 06:01:00 UTC, {expected}: done\\u{{1b}}"
                )),
                "{text}"
            );
            assert!(text.ends_with("to put it back: aws lambda x"), "{text}");
        }
    }
}

#[test]
fn a_change_is_open_as_its_record_says() {
    for (outcome, stage, expected) in [
        (Outcome::Failed, Some(Stage::Stands), 1),
        (Outcome::Done, Some(Stage::Stands), 1),
        (Outcome::Done, Some(Stage::Over), 0),
        (Outcome::AwaitingApproval, Some(Stage::Waits), 0),
        (Outcome::Done, None, 1),
        (Outcome::Failed, None, 1),
        (Outcome::Planned, None, 0),
    ] {
        let row = AuditRow {
            changed: true,
            stage,
            ..row("checkout", outcome, None, 1)
        };
        assert_eq!(open_changes(&[row]).len(), expected, "{outcome} {stage:?}");
    }
    // The record decides, not the message of a later step.
    let stands = AuditRow {
        stage: Some(Stage::Stands),
        ..row("checkout", Outcome::Done, None, 1)
    };
    let kept = row("checkout", Outcome::Kept, Some("kept"), 2);
    assert_eq!(open_changes(&[stands, kept]).len(), 1);
}

#[test]
fn a_plan_waits_until_it_expires_or_is_decided_on() {
    let expires_at = at("2026-11-20T06:30:00Z");
    let open = |stage| open::Open {
        plans: Rows {
            rows: vec![WaitingPlan {
                plan: "1a2b3c4d".to_owned(),
                row: ("checkout".to_owned(), "audit#x".to_owned()),
                expires_at,
            }],
            ..Rows::default()
        },
        planned: vec![Some(AuditRow {
            stage: Some(stage),
            ..row("checkout", Outcome::AwaitingApproval, None, 0)
        })],
        rows: Rows::default(),
    };
    let minutes = |open: &open::Open, now| waiting(open, at(now)).len();
    let waits = open(Stage::Waits);
    assert_eq!(minutes(&waits, "2026-11-20T06:29:59Z"), 1);
    assert_eq!(minutes(&waits, "2026-11-20T06:30:00Z"), 0);
    assert_eq!(minutes(&open(Stage::Over), "2026-11-20T06:00:00Z"), 0);
    let text = plain(&waiting(&waits, at("2026-11-20T06:00:00Z"))[0]);
    assert!(
        text.starts_with("1a2b3c4d waits until 2026-11-20 06:30:00 UTC, checkout: awaiting"),
        "{text}"
    );
}
