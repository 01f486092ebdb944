//! The rules that both sides go by.

use event_processor::rules::RuleSet;
use picket_rules::{metrics, prices};

use crate::events::STACK;

pub(crate) const ENVIRONMENT: &str = "test";

const RULES: &str = r#"
Workload: simulation
Rules:
  - FilterPattern: '{ $.request_id = * && $.model_id = * }'
    Timestamp: $.timestamp
    EventId: $.request_id
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Input
        MetricValue: $.input_tokens
        Kind: distribution
        Dimensions: [{ Key: Agent, Value: $.agent_id }]
        DimensionSets: [[], [Agent]]
      - MetricNamespace: Simulation
        MetricName: Latency
        MetricValue: $.latency_ms
        Unit: Milliseconds
  - FilterPattern: ERROR
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Errors
        MetricValue: "1"
        DefaultValue: 7
        Unit: Count
Usage:
  FilterPattern: '{ $.request_id = * && $.model_id = * }'
  Timestamp: $.timestamp
  EventId: $.request_id
  Agent: $.agent_id
  Model: $.model_id
  InputTokens: $.input_tokens
  OutputTokens: $.output_tokens
  CostMetric:
    MetricNamespace: Simulation
    MetricName: Cost
"#;

/// The same rules and one more, which an operator put in their place at night.
pub(crate) fn of_the_night() -> String {
    RULES.replace(
        "Usage:",
        "  - FilterPattern: nothing
    MetricTransformations:
      - { MetricNamespace: Simulation, MetricName: Night, MetricValue: 1 }
Usage:",
    )
}

pub(crate) fn core() -> RuleSet {
    let rules = metrics::parse("simulation.yaml", RULES).unwrap();
    let prices = prices::built_in().clone();
    RuleSet::new(vec![rules], prices, ENVIRONMENT, STACK)
}
