//! A record that several slices share is not split from its start for each, and the slices are the same as if it were.

use event_processor::{
    deduplication::ShardState,
    event::read,
    plan::{SliceLimit, plan},
};
use picket_shared::chain::Slice;
use proptest::prelude::*;

use super::{core, gzip, now, sent};
use crate::support::{Sent, aggregate, event};

/// A slice, its number of events and its object, and whether the next slice begins within its last record.
type Cut = (Slice, usize, Option<String>, bool);

/// Plans the slices of a shard with these limits one after another, with or without checkpoints.
fn cut(records: &[Sent], limits: &[usize], is_resumed: bool) -> Vec<Cut> {
    let body = event(records);
    let shards = read(&body).unwrap();
    let rule_set = core();
    let mut state = ShardState::start();
    let mut limits = limits.iter().cycle();
    let mut slices = Vec::new();
    loop {
        let limit = SliceLimit::Events(*limits.next().unwrap());
        let Some(planned) = plan(&rule_set, &shards[0], &state, limit, now()) else {
            return slices;
        };
        state.advance(&planned.slice);
        if is_resumed {
            state.resume_at(planned.checkpoint);
        }
        let object = planned.object.map(|object| object.body);
        let is_within = planned.checkpoint.is_some();
        slices.push((planned.slice, planned.events, object, is_within));
    }
}

fn envelope(messages: &[String]) -> String {
    let events: Vec<_> = messages
        .iter()
        .map(|message| serde_json::json!({ "id": "1", "timestamp": now().as_millisecond(), "message": message }))
        .collect();
    serde_json::json!({ "messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": events })
        .to_string()
}

/// What stands in a text: lines, stack traces, values, lists, broken values, envelopes, and what parts them.
fn piece() -> impl Strategy<Value = String> {
    let value = "[a-e]{1,2}".prop_map(|id| format!(r#"{{"id":"{id}"}}"#));
    let message = prop_oneof![Just("ERROR".to_owned()), value.clone()];
    prop_oneof![
        3 => "(ERROR|x|é)(\n  at y)?\n",
        3 => value.clone(),
        1 => prop::collection::vec(value, 1..4).prop_map(|values| format!("[{}]", values.join(", "))),
        1 => "\\{[x\"]\n",
        1 => prop::collection::vec(message, 1..5).prop_map(|messages| envelope(&messages)),
        1 => "[\n ,\u{1e}\u{feff}\0]{1,2}",
    ]
}

/// The bytes of a record: a text, gzip, or an aggregate of both.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.concat());
    let member = (text, any::<bool>()).prop_map(|(text, is_packed)| {
        if is_packed {
            gzip(text.as_bytes())
        } else {
            text.into_bytes()
        }
    });
    let member = member.boxed();
    prop_oneof![
        3 => member.clone(),
        1 => prop::collection::vec(member, 1..4).prop_map(|members| aggregate(&members)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slices_are_the_same_from_checkpoints_as_from_the_records_starts(
        payloads in prop::collection::vec(payload(), 1..4),
        limits in prop::collection::vec(1_usize..6, 1..4),
    ) {
        let records: Vec<Sent> = payloads
            .into_iter()
            .zip(1..)
            .map(|(payload, number)| Sent { payload, ..sent(number, String::new()) })
            .collect();
        prop_assert_eq!(cut(&records, &limits, true), cut(&records, &limits, false));
    }
}

#[test]
fn a_slice_that_ends_within_a_record_has_a_checkpoint() {
    let lines = "ERROR\n".repeat(100);
    let members = vec![lines.clone().into_bytes(), gzip(lines.as_bytes())];
    for (payload, events) in [
        (lines.clone().into_bytes(), 100),
        (gzip(lines.as_bytes()), 100),
        (aggregate(&members), 200),
    ] {
        let record = Sent {
            payload,
            ..sent(7, String::new())
        };
        let slices = cut(&[record], &[10], true);
        let (last, others) = slices.split_last().unwrap();
        assert_eq!(others.len() + 1, events / 10);
        assert!(others.iter().all(|(.., is_within)| *is_within));
        assert!(!last.3);
    }
}
