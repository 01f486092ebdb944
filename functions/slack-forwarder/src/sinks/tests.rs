use super::*;

fn places() -> Places {
    Places {
        webhooks: "hooks.slack.com".parse().unwrap(),
        slack: "https://slack.com/api".parse().unwrap(),
        pagerduty: "https://events.pagerduty.com".parse().unwrap(),
    }
}

fn told<'a>(step: Step, draft: &'a Draft, message: Option<&'a Posted>) -> Told<'a> {
    Told {
        step,
        at: Some(Timestamp::UNIX_EPOCH),
        alert: "arn",
        draft,
        severity: Severity::Critical,
        message,
    }
}

fn draft() -> Draft {
    Draft {
        headline: "h".to_owned(),
        ..Draft::default()
    }
}

#[test]
fn each_secret_goes_to_its_own_service_and_no_other() {
    let draft = draft();
    let sinks = [
        Sink::Webhook("a".to_owned()),
        Sink::Slack("C1".to_owned()),
        Sink::PagerDuty("a".to_owned()),
    ];
    let secrets = [
        "https://hooks.slack.com/services/T0/B0/secret",
        "xoxb-secret",
        "0123456789abcdef0123456789abcdef",
    ];
    let hosts = ["hooks.slack.com", "slack.com", "events.pagerduty.com"];
    for (place, sink) in sinks.iter().enumerate() {
        for form in forms(sink, &told(Step::Open, &draft, None)) {
            for (other, secret) in secrets.into_iter().enumerate() {
                let request = form.request(&SecretString::from(secret), &places(), false);
                assert_eq!(request.is_ok(), place == other, "{sink} with {secret}");
                match request {
                    Ok(request) => {
                        let url = request.url.expose_secret();
                        assert!(
                            url.starts_with(&format!("https://{}/", hosts[place])),
                            "{url}"
                        );
                        assert_eq!(request.token.is_some(), place == 1);
                        assert!(!format!("{request:?}").contains("secret-"), "{request:?}");
                    }
                    Err(error) => assert!(!error.to_string().contains("secret"), "{error}"),
                }
            }
        }
    }
}

#[test]
fn what_goes_on_is_edited_where_it_stands_and_is_a_message_where_nothing_stands() {
    let draft = draft();
    let posted = Posted {
        channel: "C1".to_owned(),
        ts: "1.5".to_owned(),
        picture: None,
    };
    let sink = Sink::Slack("C1".to_owned());
    let opened = Timestamp::UNIX_EPOCH;
    for (step, message, edits) in [
        (Step::Open, None, false),
        (Step::Open, Some(&posted), false),
        (Step::Continue, Some(&posted), true),
        (Step::Continue, None, false),
        (
            Step::Resolve {
                opened,
                flapping: false,
            },
            Some(&posted),
            true,
        ),
        (
            Step::Resolve {
                opened,
                flapping: false,
            },
            None,
            false,
        ),
        (Step::Late { closed: opened }, Some(&posted), false),
        (Step::Notice, Some(&posted), false),
    ] {
        let forms = forms(&sink, &told(step, &draft, message));
        assert_eq!(forms[0].is_edit(), edits, "{step:?}");
        assert_eq!(forms.len(), if edits { 2 } else { 1 }, "{step:?}");
        assert_eq!(forms.iter().any(Form::stands), !edits, "{step:?}");
    }
}
