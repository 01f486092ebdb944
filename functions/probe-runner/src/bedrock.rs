//! The states of agents and knowledge bases of Bedrock, as numbers.

use picket_rules::probes::ProbeValue;

use crate::{
    failure::{Failure, Reason},
    outcome::ProbeOutcome,
    ports::AgentState,
};

/// `agentStatus` and `agentAliasStatus` of what can be invoked.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_Agent.html>
const PREPARED: &str = "PREPARED";
/// `status` of a knowledge base that can be queried.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBase.html>
const ACTIVE: &str = "ACTIVE";
/// `actionGroupState` of a group that the agent uses.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ActionGroupSummary.html>
const ENABLED: &str = "ENABLED";

/// The outcome of an agent's state; `None` is one that does not exist.
pub(crate) fn agent(state: Option<&AgentState>) -> ProbeOutcome {
    let mut outcome = ProbeOutcome::default();
    let Some(state) = state else {
        for value in [
            ProbeValue::Prepared,
            ProbeValue::AliasPrepared,
            ProbeValue::ActionGroupsEnabled,
        ] {
            outcome.note(value, 0.0);
        }
        outcome.fail(not("the agent or its alias does not exist"));
        return outcome;
    };
    let AgentState { agent, alias, .. } = state;
    let is_prepared = agent == PREPARED;
    note(&mut outcome, ProbeValue::Prepared, is_prepared, || {
        format!("the agent is {agent}, not {PREPARED}")
    });
    let is_alias_prepared = alias == PREPARED && !state.rejects;
    note(
        &mut outcome,
        ProbeValue::AliasPrepared,
        is_alias_prepared,
        || {
            if state.rejects {
                "the alias rejects invocations".to_owned()
            } else {
                format!("the alias is {alias}, not {PREPARED}")
            }
        },
    );
    let groups = &state.action_groups;
    let disabled = groups.iter().find(|(_, state)| state != ENABLED);
    let is_enabled = !groups.is_empty() && disabled.is_none();
    note(
        &mut outcome,
        ProbeValue::ActionGroupsEnabled,
        is_enabled,
        || match disabled {
            Some((name, state)) => format!("the action group {name} is {state}, not {ENABLED}"),
            None => "the alias's version of the agent has no action group".to_owned(),
        },
    );
    outcome
}

/// The outcome of a knowledge base's state; `None` is one that does not exist.
pub(crate) fn knowledge_base(status: Option<&str>) -> ProbeOutcome {
    let mut outcome = ProbeOutcome::default();
    let is_active = status == Some(ACTIVE);
    note(
        &mut outcome,
        ProbeValue::Active,
        is_active,
        || match status {
            Some(status) => format!("the knowledge base is {status}, not {ACTIVE}"),
            None => "the knowledge base does not exist".to_owned(),
        },
    );
    outcome
}

/// Adds a query's outcome. A query that is refused says nothing of the knowledge base, and has no number.
pub(crate) fn add_retrieval(outcome: &mut ProbeOutcome, retrieved: Result<(), Failure>) {
    match retrieved {
        Ok(()) => outcome.note(ProbeValue::Retrieved, 1.0),
        Err(failure) => {
            if failure.reason.is_outage() {
                outcome.note(ProbeValue::Retrieved, 0.0);
            }
            outcome.fail(failure);
        }
    }
}

fn note(outcome: &mut ProbeOutcome, value: ProbeValue, is_good: bool, why: impl Fn() -> String) {
    outcome.note(value, if is_good { 1.0 } else { 0.0 });
    if !is_good {
        outcome.fail(not(why()));
    }
}

fn not(why: impl Into<String>) -> Failure {
    Failure::new(Reason::Status, why)
}

#[cfg(test)]
mod tests {
    use picket_rules::probes::{self, Probe};

    use super::*;

    fn probe(check: &str, values: &[&str]) -> Probe {
        let metrics: Vec<String> = values
            .iter()
            .map(|value| format!("{{ Value: {value}, MetricNamespace: N, MetricName: {value} }}"))
            .collect();
        let text = format!(
            "Workload: w\nProbes:\n  - {{ Name: p, Every: 5m, {check}, Metrics: [{}] }}",
            metrics.join(", ")
        );
        let probes = probes::parse("probes.yaml", &text).unwrap();
        probes.probes.into_iter().next().unwrap()
    }

    /// The numbers of the metrics, and the failure's sentence.
    fn found(outcome: ProbeOutcome, probe: &Probe) -> (Vec<Option<f64>>, String) {
        let outcome = outcome.complete(probe, 5.0);
        let numbers = probe.metrics.iter().map(|metric| outcome.number(metric));
        let failure = outcome.failure.as_ref().map(ToString::to_string);
        (numbers.collect(), failure.unwrap_or_default())
    }

    fn group(name: &str, state: &str) -> (String, String) {
        (name.to_owned(), state.to_owned())
    }

    #[test]
    fn an_agent_is_as_good_as_its_states() {
        let values = [
            "prepared",
            "alias-prepared",
            "action-groups-enabled",
            "availability",
        ];
        let probe = probe("BedrockAgent: { Target: t }", &values);
        let good = AgentState {
            agent: "PREPARED".to_owned(),
            alias: "PREPARED".to_owned(),
            rejects: false,
            action_groups: vec![group("a", "ENABLED"), group("b", "ENABLED")],
        };
        let with = |change: fn(&mut AgentState)| {
            let mut state = good.clone();
            change(&mut state);
            Some(state)
        };
        for (state, numbers, said) in [
            (Some(good.clone()), [1.0, 1.0, 1.0, 100.0], ""),
            (
                with(|state| state.agent = "NOT_PREPARED".to_owned()),
                [0.0, 1.0, 1.0, 0.0],
                "the agent is NOT_PREPARED, not PREPARED",
            ),
            (
                with(|state| state.alias = "FAILED".to_owned()),
                [1.0, 0.0, 1.0, 0.0],
                "the alias is FAILED, not PREPARED",
            ),
            (
                with(|state| state.rejects = true),
                [1.0, 0.0, 1.0, 0.0],
                "the alias rejects invocations",
            ),
            (
                with(|state| state.action_groups[1].1 = "DISABLED".to_owned()),
                [1.0, 1.0, 0.0, 0.0],
                "the action group b is DISABLED, not ENABLED",
            ),
            (
                with(|state| state.action_groups.clear()),
                [1.0, 1.0, 0.0, 0.0],
                "the alias's version of the agent has no action group",
            ),
            (
                None,
                [0.0, 0.0, 0.0, 0.0],
                "the agent or its alias does not exist",
            ),
        ] {
            let (found, failure) = found(agent(state.as_ref()), &probe);
            assert_eq!(found, numbers.map(Some), "{state:?}");
            assert_eq!(failure, said);
        }
    }

    #[test]
    fn a_knowledge_base_is_active_and_answers() {
        let probe = probe(
            "BedrockKnowledgeBase: { Target: t, Retrieve: hello }",
            &["active", "retrieved"],
        );
        let refused = Failure::new(Reason::Refused, "no permission");
        let late = Failure::new(Reason::Unavailable, "throttled");
        for (status, retrieved, numbers, said) in [
            (Some("ACTIVE"), Ok(()), [Some(1.0), Some(1.0)], ""),
            (
                Some("FAILED"),
                Ok(()),
                [Some(0.0), Some(1.0)],
                "the knowledge base is FAILED, not ACTIVE",
            ),
            (
                Some("ACTIVE"),
                Err(late),
                [Some(1.0), Some(0.0)],
                "throttled",
            ),
            (
                Some("ACTIVE"),
                Err(refused),
                [Some(1.0), None],
                "no permission",
            ),
        ] {
            let mut outcome = knowledge_base(status);
            add_retrieval(&mut outcome, retrieved);
            assert_eq!(found(outcome, &probe), (numbers.to_vec(), said.to_owned()));
        }
    }
}
