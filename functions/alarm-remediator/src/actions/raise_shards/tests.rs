//! The decisions, with worked numbers.

use jiff::{SignedDuration, Timestamp};
use picket_rules::playbooks::{Mode, OnDemand, RaiseShards};
use picket_shared::alarm::{Alarm, Watches};
use proptest::prelude::*;

use super::*;
use crate::{
    change::{Change, Decision},
    model::{Candidate, Scope},
    plan::tests::book,
    setting::{Setting, Value},
    testing::{alarm, home, now},
};

fn bounds(factor: &str, maximum: u32) -> RaiseShards {
    RaiseShards {
        factor: factor.parse().unwrap(),
        maximum,
        on_demand: None,
    }
}

/// A tagged stream of 4 shards whose writes were throttled, in an account with 20 shards of 500.
fn facts() -> StreamFacts {
    StreamFacts {
        tags: [("picket:remediate".to_owned(), "true".to_owned())].into(),
        stream: Stream {
            on_demand: false,
            active: true,
            shards: 4,
            consumers: 1,
        },
        limit: ShardLimit {
            limit: 500,
            open: 20,
            on_demand_limit: 50,
            on_demand: 3,
        },
        measured: Measured {
            write_throttles: 42,
            read_throttles: 0,
            // 90 % of 4 shards by records, 10 % by bytes.
            records_a_minute: 216_000,
            bytes_a_minute: 25_165_824,
            iterator_age_ms: Some(500),
        },
        last_changed: None,
    }
}

fn stream_alarm(names: &[&str]) -> Alarm {
    let mut alarm = alarm("checkout");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("the sample watches one metric")
    };
    metric.dimensions = names
        .iter()
        .map(|name| ("StreamName".to_owned(), (*name).to_owned()))
        .collect();
    alarm
}

fn decided(
    bounds: &RaiseShards,
    facts: Option<&StreamFacts>,
) -> Result<Decision<Finding>, Refusal> {
    let (book, home) = (book(), home());
    let alarm = stream_alarm(&["orders"]);
    let candidate = Candidate {
        playbook: &book.all()[0],
        alarm: &alarm,
        target: "stream/orders".to_owned(),
    };
    let scope = Scope {
        playbooks: &book,
        home: &home,
    };
    decide(&candidate, bounds, facts, &scope, now())
}

fn changed(bounds: &RaiseShards, facts: &StreamFacts) -> Change {
    match decided(bounds, Some(facts)) {
        Ok(Decision::Change(change)) => *change,
        other => panic!("{other:?}"),
    }
}

fn refused(bounds: &RaiseShards, facts: &StreamFacts) -> String {
    decided(bounds, Some(facts)).unwrap_err().to_string()
}

fn found(facts: &StreamFacts) -> String {
    match decided(&bounds("2", 100), Some(facts)) {
        Ok(Decision::Diagnose(finding)) => finding.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn shards_grow_by_the_factor_to_at_most_twice_and_the_maximum() {
    for (shards, factor, maximum, to) in [
        (4, "2", 100, 8),
        (4, "1.5", 100, 6),
        (3, "1.25", 100, 4),
        (1, "1.25", 100, 2),
        // AWS takes at most twice, whatever the playbook says.
        (4, "3", 100, 8),
        (4, "2", 6, 6),
        (6_000, "2", 50_000, 10_000),
    ] {
        let mut facts = facts();
        facts.stream.shards = shards;
        facts.limit.limit = 50_000;
        facts.measured.records_a_minute = u64::from(shards) * 60_000;
        let change = changed(&bounds(factor, maximum), &facts);
        let stream = "orders".to_owned();
        assert_eq!(change.write.setting, Setting::ShardCount { stream });
        assert_eq!(change.write.from, Value::Number(shards.into()));
        assert_eq!(change.write.to, Value::Number(to), "{shards} {factor}");
    }
}

#[test]
fn a_raise_states_its_price_and_its_part_of_the_quota() {
    let change = changed(&bounds("2", 100), &facts());
    assert_eq!(change.target, "stream/orders");
    assert_eq!(
        change.action,
        "raise the shards of stream/orders from 4 to 8"
    );
    assert_eq!(
        change.reason,
        "42 writes were throttled in the last 15 minutes, and the busiest minute filled 90 % of the shards together; \
         the account has 20 open shards of 500; AWS allows 10 changes of a stream's shards in 24 hours, and putting it back is one too; \
         the price is as listed for us-east-1"
    );
    assert_eq!(change.price_per_hour, Some("0.06".parse().unwrap()));
    let quota = change.quota.unwrap();
    assert_eq!(
        (quota.name.as_str(), quota.allowed, quota.window_hours),
        ("UpdateShardCount of stream/orders", 10, 24)
    );
}

#[test]
fn the_maximum_and_the_accounts_limit_end_it() {
    let mut facts = facts();
    assert_eq!(
        refused(&bounds("2", 4), &facts),
        "stream/orders has 4 shards, and the maximum is 4"
    );
    facts.limit.open = 496;
    assert!(decided(&bounds("2", 100), Some(&facts)).is_ok());
    facts.limit.open = 497;
    assert_eq!(
        refused(&bounds("2", 100), &facts),
        "the account has 497 open shards of its limit of 500, and the step needs 4 more"
    );
}

#[test]
fn what_more_shards_do_not_repair_is_diagnosed() {
    let mut on_demand = facts();
    on_demand.stream.on_demand = true;
    assert!(found(&on_demand).starts_with("the stream is on-demand, and 42 writes were throttled"));
    let mut hot = facts();
    hot.measured.records_a_minute = 119_999;
    assert_eq!(
        found(&hot),
        "42 writes were throttled in the last 15 minutes, while the busiest minute filled 49 % of the 4 shards together: \
         a few partition keys are hot, and more shards do not help; spread the keys"
    );
    let mut by_bytes = hot.clone();
    by_bytes.measured.bytes_a_minute = 4 * 60 * 1024 * 1024 / 2;
    changed(&bounds("2", 100), &by_bytes);
    let mut readers = facts();
    readers.measured.write_throttles = 0;
    readers.measured.read_throttles = 7;
    assert!(
        found(&readers).starts_with(
            "7 reads were throttled in the last 15 minutes, and no writes: the consumers share"
        ),
        "{}",
        found(&readers)
    );
    let mut behind = facts();
    behind.measured.write_throttles = 0;
    behind.measured.iterator_age_ms = Some(60_000);
    assert!(
        found(&behind).starts_with(
            "a consumer is 60 s behind, and nothing is throttled: the 4 shards took 216000 records"
        ),
        "{}",
        found(&behind)
    );
    behind.measured.iterator_age_ms = Some(59_999);
    assert_eq!(
        refused(&bounds("2", 100), &behind),
        "CloudWatch has no throttled writes or reads of stream/orders in the last 15 minutes, and no iterator age of 60 s or more: the cause of the alarm did not occur, or has ended"
    );
}

type Edit = fn(&mut StreamFacts);

#[test]
fn each_guard_rail_refuses_in_its_order() {
    let mut facts = facts();
    let rails: [(Edit, &str); 4] = [
        (
            |facts| facts.tags = [].into(),
            "stream/orders is not tagged picket:remediate=true",
        ),
        (
            |facts| facts.last_changed = Some(now() - SignedDuration::from_mins(29)),
            "stream/orders was changed 1740 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            |facts| facts.stream.active = false,
            "stream/orders is not ACTIVE",
        ),
        (
            |facts| {
                facts
                    .tags
                    .insert("picket:stack".into(), "picket-dev".into());
            },
            "stream/orders belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
    ];
    for (edit, sentence) in rails {
        edit(&mut facts);
        let refusal = refused(&bounds("2", 100), &facts);
        assert!(refusal.starts_with(sentence), "{refusal}");
    }
    assert_eq!(
        decided(&bounds("2", 100), None).unwrap_err().to_string(),
        "there is no stream/orders in this account and region"
    );
}

#[test]
fn a_target_is_the_one_stream_of_the_alarm() {
    let book = book();
    let of = |names: &[&str]| target(&book.all()[0], &stream_alarm(names));
    assert_eq!(of(&["orders"]).unwrap(), "stream/orders");
    assert_eq!(name("stream/orders"), "orders");
    for names in [vec![], vec!["a", "b"], vec!["arn:aws:kinesis:x"]] {
        assert!(of(&names).is_err(), "{names:?}");
    }
}

prop_compose! {
    fn any_facts()(
        (on_demand, active, tagged, own) in (any::<bool>(), any::<bool>(), any::<bool>(), proptest::bool::weighted(0.1)),
        shards in 0..12_000_u32,
        (open, limit) in (0..1_000_u32, 0..1_000_u32),
        (write_throttles, read_throttles) in (0..3_u64, 0..3_u64),
        (records_a_minute, bytes_a_minute) in (0..1_000_000_000_u64, 0..1_000_000_000_000_u64),
        changed in proptest::option::of(0..3_600_i64),
    ) -> StreamFacts {
        let mut tags: std::collections::BTreeMap<_, _> = [("picket:remediate".to_owned(), tagged.to_string())].into();
        if own {
            tags.insert("picket:stack".to_owned(), "picket-dev".to_owned());
        }
        StreamFacts {
            tags,
            stream: Stream { on_demand, active, shards, consumers: 0 },
            limit: ShardLimit { limit: limit * 20, open, on_demand_limit: 50, on_demand: 3 },
            measured: Measured { write_throttles, read_throttles, bytes_a_minute, records_a_minute, iterator_age_ms: None },
            last_changed: changed.map(|seconds| now() - SignedDuration::from_secs(seconds)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn no_change_breaks_a_guard_rail(facts in any_facts(), factor in 101..500_i64, maximum in 1..20_000_u32) {
        let bounds = RaiseShards { factor: rust_decimal::Decimal::new(factor, 2), maximum, on_demand: None };
        let Ok(Decision::Change(change)) = decided(&bounds, Some(&facts)) else { return Ok(()) };
        let (Value::Number(from), Value::Number(to)) = (&change.write.from, &change.write.to) else {
            panic!("{change:?}")
        };
        prop_assert_eq!(*from, u64::from(facts.stream.shards));
        prop_assert!(to > from && *to <= from * 2 && *to <= u64::from(maximum) && *to <= 10_000);
        prop_assert!(from * 2 >= *to, "the way back is not below half");
        prop_assert!(u64::from(facts.limit.open) + to - from <= u64::from(facts.limit.limit));
        prop_assert!(facts.measured.write_throttles > 0 && facts.stream.active && !facts.stream.on_demand);
        prop_assert_eq!(facts.tags["picket:remediate"].as_str(), "true");
        prop_assert!(!facts.tags.contains_key("picket:stack"));
        let cooled = |changed: Timestamp| now().duration_since(changed).as_secs() >= 1_800;
        prop_assert!(facts.last_changed.is_none_or(cooled));
    }
}

#[test]
fn on_demand_comes_where_the_maximum_or_the_accounts_limit_is_reached() {
    let switched = RaiseShards {
        on_demand: Some(OnDemand { mode: Mode::Act }),
        ..bounds("2", 4)
    };
    let change = changed(&switched, &facts());
    let stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders".to_owned();
    assert_eq!(change.write.setting, Setting::StreamMode { stream });
    assert_eq!(
        change.revert().unwrap(),
        r#"aws kinesis update-stream-mode --cli-input-json '{"StreamARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders","StreamModeDetails":{"StreamMode":"PROVISIONED"}}'"#
    );
    assert_eq!(
        change.to_string(),
        "switch stream/orders from provisioned to on-demand mode (42 writes were throttled in the last 15 minutes, and its 4 shards are the most that are allowed; \
         the account has 3 on-demand streams of 50; AWS allows 2 switches of a stream's mode in 24 hours; \
         the price is at most that of the busiest minute, with records rounded up to 1 KB and without what consumers read, as listed for On-demand Standard in us-east-1; it costs $1.1413 an hour)"
    );
    let quota = change.quota.unwrap();
    assert_eq!(
        (quota.name.as_str(), quota.allowed, quota.window_hours),
        ("switches of the mode of stream/orders", 2, 24)
    );
    let mut exhausted = facts();
    exhausted.limit.open = 500;
    let more = RaiseShards {
        maximum: 100,
        ..switched
    };
    let change = changed(&more, &exhausted);
    assert!(matches!(change.write.setting, Setting::StreamMode { .. }));
    // Below both, shards are raised.
    let change = changed(&more, &facts());
    assert!(matches!(change.write.setting, Setting::ShardCount { .. }));
    let mut full = facts();
    full.limit.on_demand = 50;
    assert_eq!(
        refused(&switched, &full),
        "the account has 50 on-demand streams, and its limit is 50"
    );
}
