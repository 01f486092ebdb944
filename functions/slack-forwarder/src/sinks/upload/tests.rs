use serde_json::Value;

use super::*;
use crate::sinks::EmailTopics;

fn endpoints(slack: &str) -> Endpoints {
    Endpoints {
        webhooks: "hooks.slack.com".parse().unwrap(),
        slack: slack.parse().unwrap(),
        pagerduty: None,
        email: EmailTopics {
            critical: String::new(),
            warning: String::new(),
            info: String::new(),
        },
    }
}

fn answered(status: u16, body: &Value) -> Answer {
    Answer::Answered {
        status,
        retry_after: None,
        body: body.to_string(),
    }
}

#[test]
fn a_picture_is_put_at_slacks_own_addresses_alone() {
    let slack = "https://slack.com/api";
    for (api, address, file, taken) in [
        (slack, "https://files.slack.com/upload/v1/abc", "F1", true),
        (
            "https://slack-gov.com/api",
            "https://files.slack-gov.com/upload/v1/abc",
            "F1",
            true,
        ),
        (
            slack,
            "https://files.slack.com.evil.example/upload",
            "F1",
            false,
        ),
        (slack, "http://files.slack.com/upload", "F1", false),
        (slack, "http://127.0.0.1:9/upload", "F1", false),
        (
            "http://127.0.0.1:9/api",
            "http://127.0.0.1:9/upload",
            "F1",
            true,
        ),
        (slack, "https://files.slack.com/upload", "F1\"}", false),
        (slack, "", "F1", false),
    ] {
        let answer = answered(
            200,
            &json!({"ok": true, "upload_url": address, "file_id": file}),
        );
        assert_eq!(
            ticket(&answer, &endpoints(api)).is_ok(),
            taken,
            "{address} {file}"
        );
    }
}

#[test]
fn a_file_that_slack_has_not_looked_at_is_asked_for_again() {
    let said = |body: Value| shown(&answered(200, &body));
    assert_eq!(said(json!({"ok": true, "ts": "1.5"})), Shown::Shown);
    assert_eq!(
        said(json!({"ok": false, "error": "invalid_blocks"})),
        Shown::NotYet
    );
    for answer in [
        answered(200, &json!({"ok": false, "error": "message_not_found"})),
        answered(500, &json!({})),
        answered(200, &json!([])),
        Answer::Unanswered("timed out".to_owned()),
    ] {
        assert!(matches!(shown(&answer), Shown::Refused(_)), "{answer:?}");
    }
}

#[test]
fn a_refusal_names_the_step_and_never_what_was_sent_back() {
    let answer = answered(200, &json!({"ok": false, "error": "missing_scope"}));
    let error = ticket(&answer, &endpoints("https://slack.com/api")).unwrap_err();
    assert!(error.to_string().ends_with("missing_scope"), "{error}");
    let hostile = answered(200, &json!({"ok": false, "error": "xoxb-secret https://x"}));
    let error = ticket(&hostile, &endpoints("https://slack.com/api")).unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn the_token_does_not_go_where_the_picture_goes() {
    let answer = answered(
        200,
        &json!({"ok": true, "upload_url": "https://files.slack.com/u", "file_id": "F1"}),
    );
    let endpoints = endpoints("https://slack.com/api");
    let token = SecretString::from("xoxb-1");
    let ticket = ticket(&answer, &endpoints).unwrap();
    assert!(ask(&endpoints, &token, 5).unwrap().token.is_some());
    assert!(ticket.put(vec![1]).token.is_none());
    assert!(ticket.complete(&endpoints, &token).unwrap().token.is_some());
    assert_eq!(
        ticket.file(&answered(200, &json!({"ok": true}))).unwrap(),
        "F1"
    );
}
