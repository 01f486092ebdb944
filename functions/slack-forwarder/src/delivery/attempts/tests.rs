use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn attempts() -> Attempts {
    Attempts::new(Service::Webhook)
}

fn answered(status: u16, body: &str) -> Answer {
    Answer::Answered {
        status,
        retry_after: None,
        body: body.to_owned(),
    }
}

fn limited(seconds: u64) -> Answer {
    Answer::Answered {
        status: 429,
        retry_after: Some(Duration::from_secs(seconds)),
        body: String::new(),
    }
}

fn seconds(seconds: f64) -> Next {
    Next::Wait(Duration::from_secs_f64(seconds))
}

#[test]
fn only_ok_is_ok() {
    assert_eq!(
        attempts().next(answered(200, "ok"), MINUTE),
        Next::Delivered(None)
    );
    assert_eq!(
        attempts().next(answered(200, "ok\n"), MINUTE),
        Next::Delivered(None)
    );
    for answer in [
        answered(200, "<html>"),
        answered(204, ""),
        answered(302, ""),
        answered(418, ""),
    ] {
        assert!(matches!(attempts().next(answer, MINUTE), Next::GiveUp(_)));
    }
}

#[test]
fn retry_after_is_honoured_within_the_deadline_and_never_beyond() {
    assert_eq!(attempts().next(limited(7), MINUTE), seconds(7.0));
    assert_eq!(attempts().next(answered(429, ""), MINUTE), seconds(1.0));
    assert_eq!(attempts().next(limited(59), MINUTE), seconds(59.0));
    for answer in [limited(60), limited(u64::MAX)] {
        assert!(matches!(attempts().next(answer, MINUTE), Next::GiveUp(_)));
    }
}

#[test]
fn five_hundreds_and_silence_are_tried_three_times_in_all() {
    for answer in [
        answered(500, "rollup_error"),
        answered(503, ""),
        Answer::Unanswered("timed out".to_owned()),
    ] {
        let mut attempts = attempts();
        let steps: Vec<_> = (0..3)
            .map(|_| attempts.next(answer.clone(), MINUTE))
            .collect();
        assert_eq!(steps[..2], [seconds(0.5), seconds(1.0)]);
        assert!(
            matches!(&steps[2], Next::GiveUp(refusal) if refusal.to_string().ends_with("it is tried again"))
        );
    }
}

#[test]
fn a_webhook_that_is_gone_is_looked_up_once() {
    for status in [401, 403, 404, 410] {
        let mut attempts = attempts();
        assert_eq!(
            attempts.next(answered(status, "no_service"), MINUTE),
            Next::ReadAgain
        );
        let Next::GiveUp(refusal) = attempts.next(answered(status, "no_service"), MINUTE) else {
            panic!("given up");
        };
        assert!(refusal.to_string().starts_with(&format!(
            "Slack answered {status} no_service; the webhook is gone"
        )));
    }
}

#[test]
fn a_form_that_slack_refuses_goes_once_more_without_it() {
    let mut attempts = attempts();
    assert!(!attempts.is_plain());
    assert_eq!(
        attempts.next(answered(400, "invalid_blocks"), MINUTE),
        Next::Plain
    );
    assert!(attempts.is_plain());
    let Next::GiveUp(refusal) = attempts.next(answered(400, "no_text"), MINUTE) else {
        panic!("given up");
    };
    assert_eq!(
        refusal.to_string(),
        "Slack answered 400 no_text; even the plain form was refused: please report this with the event"
    );
}

#[test]
fn a_body_that_is_no_code_is_not_shown() {
    let Next::GiveUp(refusal) = attempts().next(
        answered(418, "https://hooks.slack.com/services/T0/B0/secret"),
        MINUTE,
    ) else {
        panic!("given up");
    };
    assert!(!refusal.to_string().contains("secret"));
}

#[test]
fn the_web_api_says_in_its_body_what_came_of_it() {
    let next = |body: &str| Attempts::new(Service::Slack).next(answered(200, body), MINUTE);
    let posted = Posted {
        channel: "C1".to_owned(),
        ts: "1.5".to_owned(),
        thread: None,
        chart_file: None,
    };
    assert_eq!(
        next(r#"{"ok":true,"channel":"C1","ts":"1.5","message":{"text":"x"}}"#),
        Next::Delivered(Some(posted))
    );
    assert_eq!(next(r#"{"ok":true}"#), Next::Delivered(None));
    let refused = |code: &str| next(&format!(r#"{{"ok":false,"error":"{code}"}}"#));
    assert_eq!(refused("ratelimited"), seconds(1.0));
    assert_eq!(refused("internal_error"), seconds(0.5));
    assert_eq!(refused("token_revoked"), Next::ReadAgain);
    assert_eq!(refused("invalid_blocks"), Next::Plain);
    let Next::GiveUp(refusal) = refused("not_in_channel") else {
        panic!("given up");
    };
    assert!(!refusal.is_transient());
    assert_eq!(
        refusal.to_string(),
        "Slack answered 200 not_in_channel; see whether the bot token is valid, may chat:write, and its app is in the channel"
    );
    for body in ["", "ok", "<html>", r#"{"ok":tr"#] {
        assert_eq!(next(body), seconds(0.5), "{body}: nothing is known of it");
    }
}

#[test]
fn pagerduty_takes_with_202() {
    let next = |status| Attempts::new(Service::PagerDuty).next(answered(status, "{}"), MINUTE);
    assert_eq!(next(202), Next::Delivered(None));
    assert_eq!(next(400), Next::Plain);
    assert_eq!(next(403), Next::ReadAgain);
    assert_eq!(next(429), seconds(1.0));
    assert_eq!(next(503), seconds(0.5));
    assert!(matches!(next(413), Next::GiveUp(_)));
}
