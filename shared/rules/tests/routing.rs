//! Where messages go, and which playbook an alarm has.

use picket_rules::{
    playbooks::{self, AlarmFacts},
    routes::{self, AlertKind, Facts, Mention, Routes, Silence, Sink},
    severity::Severity,
};

const ROUTES: &str = "
routes:
  - { name: reports, match: { kind: [cost-report, remediation] }, sinks: [{ webhook: reports }] }
  - name: payments
    match: { kind: alarm, tags: { team: payments }, account: '1234*', dimensions: { FunctionName: [pay-*, charge] } }
    severity: critical
    mentions: [here, U024BE7LH]
    continue: true
    sinks: [{ webhook: payments }, { webhook: pager }]
  - { name: quiet, match: { alarm: '*-canary', region: eu-*, namespace: AWS/*, attributes: { source: test } }, sinks: [] }
  - { name: loud, match: { severity: [critical, warning] }, sinks: [{ webhook: alerts }] }
";

fn parsed() -> Routes {
    routes::parse("routes.yaml", ROUTES).expect("valid routes")
}

fn names(facts: &Facts<'_>) -> Vec<String> {
    parsed()
        .route(facts)
        .iter()
        .map(|route| route.name.to_owned())
        .collect()
}

fn payments() -> Facts<'static> {
    Facts {
        kind: Some(AlertKind::Alarm),
        severity: Some(Severity::Warning),
        account: Some("123456789012"),
        dimensions: vec![("Other", "x"), ("FunctionName", "pay-card")],
        tags: vec![("team", "payments")],
        ..Facts::default()
    }
}

#[test]
fn the_first_that_matches_takes_the_message_and_more_where_it_continues() {
    let report = Facts {
        kind: Some(AlertKind::CostReport),
        severity: Some(Severity::Info),
        ..Facts::default()
    };
    assert_eq!(names(&report), ["reports"]);
    assert_eq!(names(&payments()), ["payments", "loud"]);
    assert_eq!(
        names(&Facts {
            severity: Some(Severity::Info),
            ..payments()
        }),
        ["payments"]
    );
    let info = Facts {
        kind: Some(AlertKind::GuardDuty),
        severity: Some(Severity::Info),
        ..Facts::default()
    };
    assert!(names(&info).is_empty());
}

#[test]
fn every_part_of_a_match_must_fit_and_the_unknown_fits_nothing() {
    for (what, facts) in [
        (
            "kind",
            Facts {
                kind: Some(AlertKind::GuardDuty),
                ..payments()
            },
        ),
        (
            "account",
            Facts {
                account: Some("999956789012"),
                ..payments()
            },
        ),
        (
            "no account",
            Facts {
                account: None,
                ..payments()
            },
        ),
        (
            "dimension",
            Facts {
                dimensions: vec![("FunctionName", "ship")],
                ..payments()
            },
        ),
        (
            "no tags",
            Facts {
                tags: vec![],
                ..payments()
            },
        ),
        (
            "another tag",
            Facts {
                tags: vec![("squad", "payments")],
                ..payments()
            },
        ),
    ] {
        assert_eq!(names(&facts), ["loud"], "{what}");
    }
    let canary = Facts {
        alarm: Some("api-canary"),
        region: Some("eu-west-1"),
        namespaces: vec!["Custom", "AWS/Lambda"],
        attributes: vec![("source", "test")],
        severity: Some(Severity::Critical),
        ..Facts::default()
    };
    assert_eq!(names(&canary), ["quiet"]);
    assert_eq!(
        names(&Facts {
            namespaces: vec![],
            ..canary
        }),
        ["loud"]
    );
}

#[test]
fn a_route_may_change_the_severity_and_alone_mentions() {
    let routes = parsed();
    let taken = routes.route(&payments());
    assert_eq!(taken[0].index, 1);
    assert_eq!(taken[0].severity, Some(Severity::Critical));
    assert_eq!(
        taken[0]
            .mentions
            .iter()
            .map(Mention::markup)
            .collect::<Vec<_>>(),
        ["<!here>", "<@U024BE7LH>"]
    );
    assert_eq!(
        serde_json::to_string(taken[0].sinks).unwrap(),
        r#"[{"webhook":"payments"},{"webhook":"pager"}]"#
    );
    assert_eq!(taken[1].severity, Some(Severity::Warning));
    assert!(taken[1].mentions.is_empty());
    assert_eq!(taken[1].sinks, [Sink::Webhook("alerts".to_owned())]);
}

#[test]
fn an_alarm_has_the_first_playbook_that_is_for_it() {
    let rest = "action: { raise-reserved-concurrency: { step: 1, maximum: 9, keep-unreserved: 1 } }, cooldown: 1h, verify-within: 1h";
    let text = format!(
        "playbooks:\n- {{ name: tagged, match: {{ namespace: AWS/Lambda, metric: Throttles, alarm: 'prod-*', tags: {{ team: '*' }} }}, {rest} }}\n- {{ name: any, match: {{ namespace: AWS/Lambda, metric: Throttles }}, {rest} }}\n"
    );
    let playbooks = playbooks::parse("playbooks.yaml", &text).unwrap();
    let find = |metric, alarm, tags: &[(&'static str, &'static str)]| {
        let facts = AlarmFacts {
            metric,
            alarm,
            tags: tags.to_vec(),
        };
        let mut all = playbooks.all().iter();
        all.find(|playbook| playbook.matches.takes(&facts))
            .map(|playbook| playbook.name.clone())
    };
    let throttles = Some(("AWS/Lambda", "Throttles"));
    assert_eq!(
        find(throttles, "prod-x", &[("team", "a")]).as_deref(),
        Some("tagged")
    );
    assert_eq!(find(throttles, "prod-x", &[]).as_deref(), Some("any"));
    assert_eq!(
        find(throttles, "dev-x", &[("team", "a")]).as_deref(),
        Some("any")
    );
    assert_eq!(find(Some(("AWS/Lambda", "Errors")), "prod-x", &[]), None);
    assert_eq!(find(None, "prod-x", &[]), None);
}

#[test]
fn a_sink_is_a_webhook_a_channel_a_pager_or_an_email_topic() {
    let text = "routes: [{ name: a, sinks: [{ webhook: alerts }, { slack: C024BE91L }, { pagerduty: orders }, { email: warning }] }]";
    let routes = routes::parse("routes.yaml", text).expect("valid routes");
    let sinks = &routes.all()[0].sinks;
    let written: Vec<_> = sinks.iter().map(ToString::to_string).collect();
    assert_eq!(
        written,
        [
            "webhook alerts",
            "slack C024BE91L",
            "pagerduty orders",
            "email warning"
        ]
    );
    let json = serde_json::to_string(sinks).unwrap();
    assert_eq!(
        json,
        r#"[{"webhook":"alerts"},{"slack":"C024BE91L"},{"pagerduty":"orders"},{"email":"warning"}]"#
    );
    assert_eq!(&serde_json::from_str::<Vec<Sink>>(&json).unwrap(), sinks);
}

#[test]
fn a_silence_suppresses_what_it_matches_until_its_end() {
    let text = "routes: [{ name: a, sinks: [{ webhook: x }] }]
silences: [{ name: migration, match: { alarm: orders-* }, until: 2026-12-01T06:00:00Z, reason: they move }]";
    let routes = routes::parse("routes.yaml", text).expect("valid routes");
    let silenced = |alarm, now: &str| {
        let facts = Facts {
            alarm: Some(alarm),
            ..Facts::default()
        };
        let now = now.parse().expect("a moment");
        routes
            .silenced(&facts, now)
            .map(|silence| silence.reason.clone())
    };
    assert_eq!(
        silenced("orders-slow", "2026-12-01T05:59:59Z").as_deref(),
        Some("they move")
    );
    assert_eq!(silenced("orders-slow", "2026-12-01T06:00:00Z"), None);
    assert_eq!(silenced("payments-slow", "2026-12-01T05:59:59Z"), None);
}

#[test]
fn what_keeps_a_sink_readable_has_defaults_and_can_be_said() {
    let silent = routes::parse("r.yaml", "routes: [{ name: a, sinks: [{ webhook: x }] }]").unwrap();
    assert_eq!(silent.storm(), 20);
    assert_eq!(silent.digest(), [Sink::Webhook("info".to_owned())]);
    let text = "
routes: [{ name: a, sinks: [{ webhook: x }], group: { by: [region, namespace, tags.team, dimensions.Queue], window: 5m } }]
storm: { messages: 5 }
digest: [{ webhook: daily }, { email: info }]";
    let said = routes::parse("r.yaml", text).unwrap();
    assert_eq!(said.storm(), 5);
    assert_eq!(said.digest()[1], Sink::Email(Severity::Info));
    let taken = said.route(&Facts::default());
    let group = taken[0].group.expect("the route has one");
    assert_eq!(group.window.as_secs(), 300);
    let facts = Facts {
        region: Some("eu-west-1"),
        namespaces: vec!["AWS/SQS", "Shop"],
        tags: vec![("team", "orders")],
        ..Facts::default()
    };
    assert_eq!(
        group.values(&facts),
        ["eu-west-1", "AWS/SQS,Shop", "orders", ""]
    );
}

#[test]
fn a_silence_that_stands_by_itself_is_read_as_one_of_a_file() {
    let text = r#"{"name":"move","match":{"alarm":["orders-*"]},"until":"2026-12-01T06:00:00Z","reason":"r","author":"ada"}"#;
    let silence = Silence::parse("silence move", text).unwrap();
    assert_eq!(silence.author.as_deref(), Some("ada"));
    let facts = Facts {
        alarm: Some("orders-slow"),
        ..Facts::default()
    };
    assert!(silence.holds(&facts, "2026-12-01T05:59:59Z".parse().unwrap()));
    assert!(!silence.holds(&facts, "2026-12-01T06:00:00Z".parse().unwrap()));
    let wrong = Silence::parse("silence move", r#"{"name":"move","match":{}}"#).unwrap_err();
    assert_eq!(wrong.0.len(), 3, "{wrong:?}");
}

#[test]
fn a_silence_names_what_it_is_about() {
    for (matches, is_refused) in [
        ("{ alarm: '*' }", true),
        ("{ alarm: [orders-*, '**'], region: '*' }", true),
        ("{ severity: [critical, warning, info] }", true),
        ("{ tags: { team: '*' } }", true),
        ("{ alarm: '*', severity: warning }", false),
        ("{ alarm: '*', tags: { team: shop } }", false),
        ("{ kind: heartbeat }", false),
        ("{ region: eu-* }", false),
    ] {
        let file = format!(
            "routes: [{{ name: a, sinks: [{{ webhook: x }}] }}]\nsilences: [{{ name: s, match: {matches}, \
             until: 2026-12-01T06:00:00Z, reason: r }}]"
        );
        let read = routes::parse("r.yaml", &file).map_err(|problems| problems.to_string());
        let refused = read.is_err_and(|problems| problems.contains("would hide every alert"));
        assert_eq!(refused, is_refused, "{matches}");
    }
}
