//! Ours, complete: read, matched by the built-in rules, priced, added up by every roll-up, and encoded for the commit.

use std::sync::LazyLock;

use event_processor::{rules::RuleSet, event::read, plan::{SliceLimit, plan}, deduplication::ShardState};
use jiff::Timestamp;
use picket_rules::{metrics, prices};
use picket_shared::chain::encode;

static BUILT_IN: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::built_in("dev", "picket-dev"));
static THREE: LazyLock<RuleSet> = LazyLock::new(|| core(THREE_METRICS));
static ONE: LazyLock<RuleSet> = LazyLock::new(|| core(&rules(1)));
static HUNDRED: LazyLock<RuleSet> = LazyLock::new(|| core(&rules(100)));

/// What `powertools.py` and `powertools.mjs` do in their first way.
const THREE_METRICS: &str = "
  - FilterPattern: '{ $.request_id = * && $.input_tokens >= 0 }'
    MetricTransformations:
      - { MetricNamespace: Bench, MetricName: InputTokens, MetricValue: $.input_tokens }
      - { MetricNamespace: Bench, MetricName: OutputTokens, MetricValue: $.output_tokens }
      - { MetricNamespace: Bench, MetricName: APILatency, MetricValue: $.latency_ms, Kind: distribution }
";

/// Rules over the same two fields, none of which takes an event: what is measured is asking.
fn rules(count: usize) -> String {
    let rule = |n| {
        format!(
            "
  - FilterPattern: '{{ $.status = 200 && $.agent_id = \"nobody-{n}\" }}'
    MetricTransformations:
      - {{ MetricNamespace: Bench, MetricName: M{n}, MetricValue: $.latency_ms }}"
        )
    };
    (0..count).map(rule).collect()
}

fn core(rules: &str) -> RuleSet {
    let text = format!("Workload: bench\nRules:{rules}\n");
    let rules = metrics::parse("bench.yaml", &text).expect("rules");
    RuleSet::new(vec![rules], prices::built_in().clone(), "dev", "picket-dev")
}

/// Reads the rules, which a function does once.
pub fn prepare() {
    for core in [&BUILT_IN, &THREE, &ONE, &HUNDRED] {
        LazyLock::force(core);
    }
}

fn count(core: &RuleSet, event: &[u8]) -> usize {
    let now: Timestamp = "2026-11-20T06:15:00Z".parse().expect("a time");
    let shards = read(event).expect("a Kinesis event");
    let planned = plan(core, &shards[0], &ShardState::start(), SliceLimit::All, now).expect("a slice");
    assert_eq!(planned.tally.read, 7_000);
    encode(&planned.slice.body).len()
}

pub fn run(event: &[u8]) -> usize {
    count(&BUILT_IN, event)
}

pub fn three(event: &[u8]) -> usize {
    count(&THREE, event)
}

pub fn one_rule(event: &[u8]) -> usize {
    count(&ONE, event)
}

pub fn hundred_rules(event: &[u8]) -> usize {
    count(&HUNDRED, event)
}
