use secrecy::{ExposeSecret, SecretString};

use super::*;

fn endpoints() -> Endpoints {
    Endpoints {
        webhooks: "hooks.slack.com".parse().unwrap(),
        slack: "https://slack.com/api".parse().unwrap(),
        pagerduty: "https://events.pagerduty.com".parse().ok(),
        email: EmailTopics {
            critical: "arn:critical".to_owned(),
            warning: "arn:warning".to_owned(),
            info: "arn:info".to_owned(),
        },
    }
}

fn notification<'a>(step: Step, draft: &'a Draft, message: Option<&'a Posted>) -> Notification<'a> {
    Notification {
        notice_incident: None,
        step,
        at: Some(Timestamp::UNIX_EPOCH),
        alert: "arn",
        draft,
        severity: Severity::Critical,
        message,
        lead: None,
        about: None,
    }
}

/// The requests of a step.
fn posts(sink: &Sink, notification: &Notification<'_>) -> Vec<Post> {
    requests(sink, notification, &endpoints())
        .into_iter()
        .filter_map(|form| match form {
            SinkRequest::Post(post) => Some(post),
            SinkRequest::Email(..) => None,
        })
        .collect()
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
        for post in posts(sink, &notification(Step::Open, &draft, None)) {
            for (other, secret) in secrets.into_iter().enumerate() {
                let request = post.request(&SecretString::from(secret), &endpoints(), false);
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
        thread: None,
        chart_file: None,
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
        let notification = notification(step, &draft, message);
        let posts = posts(&sink, &notification);
        assert_eq!(posts[0].is_edit(), edits, "{step:?}");
        assert_eq!(posts.len(), if edits { 2 } else { 1 }, "{step:?}");
        let stands = |post: &Post| post.group_role(Some(posted.clone())).is_some();
        assert_eq!(posts.iter().any(stands), !edits, "{step:?}");
        assert_eq!(is_new(&sink, &notification), !edits, "{step:?}");
    }
}

#[test]
fn a_message_of_a_group_is_a_reply_that_is_edited_later_and_answered_in_the_same_thread() {
    let draft = draft();
    let lead = Posted {
        channel: "C1".to_owned(),
        ts: "1.5".to_owned(),
        thread: None,
        chart_file: None,
    };
    let sink = Sink::Slack("C1".to_owned());
    let first = Notification {
        lead: Some(&lead),
        ..notification(Step::Open, &draft, None)
    };
    let answered = Posted {
        ts: "2.5".to_owned(),
        ..lead.clone()
    };
    let root = posts(&sink, &first)[0].group_role(Some(answered)).unwrap();
    assert_eq!(root.root(), "1.5");
    let posts = posts(&sink, &notification(Step::Continue, &draft, Some(&root)));
    assert!(matches!(&posts[0], Post::Edit(posted, _) if posted.ts == "2.5"));
    assert!(
        matches!(&posts[1], Post::Message { thread: Some(thread), stands: false, .. } if thread == "1.5")
    );
}

#[test]
fn an_email_goes_to_the_topic_of_its_severity_and_nobody_is_paged_where_there_is_no_pager() {
    let draft = draft();
    let notification = notification(Step::Open, &draft, None);
    for (severity, topic) in [
        (Severity::Critical, "arn:critical"),
        (Severity::Warning, "arn:warning"),
        (Severity::Info, "arn:info"),
    ] {
        let requests = requests(&Sink::Email(severity), &notification, &endpoints());
        assert_eq!(
            requests,
            [SinkRequest::Email(topic.to_owned(), Email::of(&draft))],
            "{severity}"
        );
    }
    let nobody = Endpoints {
        pagerduty: None,
        ..endpoints()
    };
    let sink = Sink::PagerDuty("a".to_owned());
    assert_eq!(requests(&sink, &notification, &nobody), []);
}
