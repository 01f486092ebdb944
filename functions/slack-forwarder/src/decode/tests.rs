use std::{collections::BTreeMap, fs, path::PathBuf};

use picket_rules::routes;
use serde_json::json;

use super::{
    table::{ANY, Takes},
    *,
};
use crate::testing;

/// The samples: a message each, in a file whose name begins with its kind.
fn samples() -> Vec<(String, Message)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut samples: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (
                name,
                Message::bare(Body::of_bytes(&fs::read(path).unwrap())),
            )
        })
        .collect();
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    samples
}

/// The kinds of the rows that take the message.
fn takers(message: &Message) -> Vec<&'static str> {
    services::rows()
        .filter(|row| row.read(message).is_some())
        .map(|row| row.kind.as_str())
        .collect()
}

#[test]
fn exactly_one_decoder_takes_each_sample_and_it_is_the_one_for_its_kind() {
    for (name, message) in samples() {
        let kind = name.split("--").next().unwrap();
        assert_eq!(takers(&message), [kind], "{name}");
        assert_eq!(decode(&message).kind.as_str(), kind);
    }
}

#[test]
fn every_dedicated_kind_has_a_row_and_a_sample() {
    let carried = [
        AlertKind::DeadLetter,
        AlertKind::CostReport,
        AlertKind::Remediation,
    ];
    let sampled: Vec<String> = samples().into_iter().map(|(name, _)| name).collect();
    for kind in AlertKind::all().filter(|kind| kind.is_dedicated()) {
        assert!(services::rows().any(|row| row.kind == kind), "{kind:?}");
        let begin = format!("{}--", kind.as_str());
        let has_sample = sampled.iter().any(|name| name.starts_with(&begin));
        assert!(has_sample || carried.contains(&kind), "{kind:?}");
    }
}

#[test]
fn every_kind_that_decoders_return_can_be_written_in_a_route() {
    for (name, message) in samples() {
        let decoded = decode(&message);
        let text = format!(
            "routes: [{{ name: one, match: {{ kind: {} }}, sinks: [{{ webhook: one }}] }},
  {{ name: rest, sinks: [{{ webhook: rest }}] }}]",
            decoded.kind
        );
        let routes = routes::parse("test", &text).unwrap();
        let taken = routes.route(&decoded.facts(&message, picket_shared::Severity::Info));
        assert_eq!(taken[0].name, "one", "{name}");
    }
}

#[test]
fn no_event_that_there_can_be_is_taken_by_two_rows() {
    let beginnings: Vec<(usize, &str)> = services::rows()
        .enumerate()
        .filter_map(|(index, row)| match &row.takes {
            Takes::Event { detail_types, .. } => {
                Some(detail_types.iter().map(move |begin| (index, *begin)))
            }
            _ => None,
        })
        .flatten()
        .chain([
            (usize::MAX, "CloudWatch Alarm State Change"),
            (usize::MAX, "CloudWatch Alarm Contributor State Change"),
        ])
        .collect();
    for (one, begin) in &beginnings {
        for (other, longer) in &beginnings {
            let overlaps = one != other && longer.starts_with(begin);
            assert!(!overlaps, "{begin:?} and {longer:?}");
        }
    }
}

#[test]
fn an_event_of_another_source_is_not_taken_for_a_services_own() {
    for row in services::rows() {
        let Takes::Event {
            source,
            detail_types,
            ..
        } = &row.takes
        else {
            continue;
        };
        let event = |source: &str| {
            Message::bare(Body::Json(
                json!({"source": source, "detail-type": detail_types[0], "detail": {}}),
            ))
        };
        let own = if *source == ANY {
            "aws.anything"
        } else {
            source
        };
        assert_eq!(takers(&event(own)), [row.kind.as_str()]);
        assert_eq!(takers(&event("")), [row.kind.as_str()]);
        if *source != ANY {
            assert_eq!(decode(&event("com.example.app")).kind, AlertKind::Event);
        }
    }
}

fn fleet_message(kind: &str) -> Value {
    json!({"picket": {"kind": kind, "version": 1}, "stack": "s", "alarm_name": "a", "alarm_arn": "arn", "state_changed_at": "2026-11-20T06:03:12Z",
        "playbook": null, "target": null, "outcome": "refused", "text": "t", "requests": [],
        "account": null, "date": "2026-11-19", "currency": "USD", "estimated": true, "total": null, "previous_total": null,
        "by_service": [], "by_agent": [], "token_cost_usd": null, "caveats": []})
}

#[test]
fn our_messages_and_unknown_ones_are_distinguished() {
    let mut remediation = fleet_message("remediation");
    remediation["AlarmName"] = json!("not an alarm");
    let mut of_the_next_version = fleet_message("cost-report");
    of_the_next_version["picket"]["version"] = json!(9);
    let mut both = testing::alarm_body("a", "aws", "eu-west-1");
    both["picket"] = json!({"kind": "parade", "version": 1});
    let mut cost_report = fleet_message("cost-report");
    cost_report["requests"] = json!(2);
    for (body, expected) in [
        (Body::Json(both), "alarm"),
        (Body::Json(cost_report), "cost-report"),
        (Body::Json(remediation), "remediation"),
        (Body::Json(of_the_next_version), "json"),
        (Body::Json(fleet_message("parade")), "json"),
        (Body::Json(json!({"picket": true})), "json"),
        (Body::Json(json!({"AlarmName": "a"})), "json"),
        (
            Body::Json(json!({"AlarmName": "a", "NewStateValue": "ALARM"})),
            "alarm",
        ),
        (
            Body::Json(json!({"detail-type": "Order Placed", "source": "com.example"})),
            "event",
        ),
        (Body::Json(json!({"detail-type": 5})), "json"),
        (Body::Json(json!([])), "json"),
        (Body::Text("AlarmName".to_owned()), "text"),
        (Body::Text(String::new()), "text"),
    ] {
        let message = Message::bare(body.clone());
        assert_eq!(decode(&message).kind.as_str(), expected, "{body:?}");
        let dedicated = takers(&message).len();
        assert_eq!(
            dedicated,
            usize::from(decode(&message).kind.is_dedicated()),
            "{body:?}"
        );
    }
}

#[test]
fn secrets_are_hidden_where_a_document_is_shown_as_it_is() {
    for (detail_type, picket) in [(Some("Order Placed"), None), (None, Some(true))] {
        let document = json!({"detail-type": detail_type, "picket": picket, "detail": {"Password": "hunter2", "sessionToken": ["hunter2"], "user": "ada"}});
        let message = Message::bare(Body::Json(document));
        let draft =
            crate::render::draft(&message, &decode(&message), picket_shared::Severity::Info);
        let shown = crate::draft::limits::fit(draft).to_json();
        assert!(
            shown.contains("ada") && shown.contains("(hidden)") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}

#[test]
fn a_dead_letter_is_recognised_by_its_attributes_whatever_it_holds() {
    let attributes = [
        ("ErrorCode", "200"),
        ("ErrorMessage", "boom"),
        ("RequestID", "r"),
    ];
    let attributes: BTreeMap<String, String> = attributes
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    for (_, sample) in samples() {
        let message = Message {
            attributes: attributes.clone(),
            ..sample
        };
        assert_eq!(takers(&message), ["dead-letter"]);
    }
}
