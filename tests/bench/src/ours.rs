//! Ours, complete: read, matched by the built-in rules, priced, added up by every roll-up, and encoded for the commit.

use std::sync::LazyLock;

use event_processor::{core::Core, event::read, plan::plan, recall::Recall};
use jiff::Timestamp;
use picket_rules::{metrics, prices};
use picket_shared::chain::encode;

static BUILT_IN: LazyLock<Core> = LazyLock::new(|| Core::built_in("dev", "picket-dev"));
static HUNDRED: LazyLock<Core> = LazyLock::new(hundred_rules);

/// Rules over the same three fields, none of which takes an event: what is timed is asking.
fn hundred_rules() -> Core {
    let rules: String = (0..100)
        .map(|n| {
            format!(
                "  - FilterPattern: '{{ $.status = {} && $.agent_id = \"nobody-{n}\" }}'\n    MetricTransformations:\n      \
                 - {{ MetricNamespace: Bench, MetricName: M{n}, MetricValue: $.latency_ms }}\n",
                200
            )
        })
        .collect();
    let rules =
        metrics::parse("bench.yaml", &format!("Workload: bench\nRules:\n{rules}")).expect("rules");
    Core::new(vec![rules], prices::built_in().clone(), "dev", "picket-dev")
}

fn count(core: &Core, event: &[u8]) -> usize {
    let now: Timestamp = "2026-11-20T06:15:00Z".parse().expect("a time");
    let shards = read(event).expect("a Kinesis event");
    let planned = plan(core, &shards[0], &Recall::start(), now).expect("a slice");
    assert_eq!(planned.tally.read, 7_000);
    encode(&planned.slice.body).len()
}

pub fn run(event: &[u8]) -> usize {
    count(&BUILT_IN, event)
}

pub fn run_with_a_hundred_rules(event: &[u8]) -> usize {
    count(&HUNDRED, event)
}
