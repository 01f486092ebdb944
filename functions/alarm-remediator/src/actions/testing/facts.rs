//! What each action reads of an account.

use std::collections::BTreeMap;

use picket_shared::alarm::Watches;

use super::{Account, Case, minutes_before, tagged};
use crate::{
    actions::{
        mapping::Mapping, pause_mapping, raise_parallelization, roll_back_alias, set_parameter,
        stop_function,
    },
    setting::{Reading, Setting, Value},
    testing::now,
};

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:checkout";

fn mapping(uuid: &str, source: &str, enabled: bool) -> Mapping {
    Mapping {
        uuid: uuid.into(),
        source: source.into(),
        enabled,
        settled: true,
        parallelization: 1,
        last_result: "OK".into(),
    }
}

/// `checkout` with a reservation of 20, an alias `live` on version 9, a queue's mapping and a stream's mapping.
fn account() -> Account {
    let reservation = Setting::ReservedConcurrency {
        function: "checkout".into(),
    };
    let alias = Setting::AliasVersion {
        function: "checkout".into(),
        alias: "live".into(),
    };
    let queue = mapping("u-1", "arn:aws:sqs:eu-west-1:123456789012:orders", false);
    let stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
    let stream = mapping("u-2", stream, true);
    let mapping_arn =
        |uuid: &str| format!("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:{uuid}");
    let versions = [(7, 2_880), (9, 20)].map(|(number, minutes)| roll_back_alias::Version {
        number,
        modified_at: minutes_before(now(), minutes),
    });
    Account {
        settings: BTreeMap::from([
            (reservation, Reading::settled(Value::Number(20))),
            (alias, Reading::settled(Value::Text("9".into()))),
        ]),
        tags: BTreeMap::from([
            (FUNCTION.to_owned(), BTreeMap::new()),
            (mapping_arn("u-2"), tagged()),
            (mapping_arn("u-3"), BTreeMap::new()),
        ]),
        mappings: vec![
            ("checkout".into(), queue),
            ("checkout".into(), stream.clone()),
            ("orders".into(), stream),
        ],
        versions: versions.into(),
        metrics: BTreeMap::from([
            (of("Sum Invocations"), vec![100.0, 20.0]),
            (of("Sum Errors"), vec![60.0]),
            (of("Maximum IteratorAge"), vec![1_000.0, 60_000.4]),
            (of("Maximum ConcurrentExecutions"), vec![3.0]),
            (of_alias("Sum Errors", "05:26:00", "05:41:00"), vec![1.0]),
            (of_alias("Sum Errors", "05:41:00", "06:01:00"), vec![40.0]),
        ]),
        ..Account::default()
    }
}

fn of(metric: &str) -> String {
    format!("{metric} FunctionName=checkout from 05:46:00 to 06:01:00")
}

fn of_alias(metric: &str, from: &str, to: &str) -> String {
    format!("{metric} FunctionName=checkout, Resource=checkout:live from {from} to {to}")
}

/// A case whose alarm names the alias `live`.
fn with_alias(action: &str) -> Case {
    let mut case = Case::new(action);
    if let Watches::Metric(metric, _) = &mut case.alarm.watches {
        let dimension = ("Resource".to_owned(), "checkout:live".to_owned());
        metric.dimensions.push(dimension);
    }
    case
}

#[tokio::test]
async fn a_stop_reads_the_reservation_and_how_the_function_runs() {
    let case = Case::new("{ stop-function: {} }");
    let candidate = case.candidate("checkout");
    let account = account();
    let facts = stop_function::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(facts.reservation.value, Value::Number(20));
    assert_eq!(
        (
            facts.health.invocations,
            facts.health.errors,
            facts.health.throttles
        ),
        (Some(120), Some(60), None)
    );
    let missing = case.candidate("orders");
    let facts = stop_function::read_facts(&missing, &case.home, &account, now());
    assert_eq!(facts.await.unwrap(), None);
}

#[tokio::test]
async fn a_pause_reads_the_mappings_of_the_function_and_the_tags_of_the_enabled_one() {
    let case = Case::new("{ pause-mapping: {} }");
    let candidate = case.candidate("checkout");
    let mut account = account();
    let facts = pause_mapping::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    let uuids: Vec<_> = facts
        .mappings
        .iter()
        .map(|mapping| mapping.uuid.as_str())
        .collect();
    assert_eq!(uuids, ["u-1", "u-2"]);
    assert_eq!(
        (facts.tags, facts.mapping_tags),
        (BTreeMap::new(), tagged())
    );
    assert_eq!(facts.health.errors, Some(60));

    // Two are enabled: the tags of neither count.
    let other = mapping("u-3", "arn:aws:sqs:eu-west-1:123456789012:refunds", true);
    account.mappings.push(("checkout".into(), other));
    let facts = pause_mapping::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(
        (facts.mappings.len(), facts.mapping_tags),
        (3, BTreeMap::new())
    );
}

#[tokio::test]
async fn a_factor_is_decided_on_the_mappings_of_streams_alone() {
    let case = Case::new("{ raise-parallelization: { maximum: 10 } }");
    let candidate = case.candidate("checkout");
    let mut account = account();
    // The queue's mapping is enabled too, and has no factor.
    account.mappings[0].1.enabled = true;
    let facts = raise_parallelization::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(facts.mappings, [account.mappings[1].1.clone()]);
    assert_eq!(facts.mapping_tags, tagged());
    assert_eq!(facts.reserved, Some(20));
    assert_eq!(
        (facts.ages, facts.executions),
        (vec![1_000, 60_000], vec![3])
    );
}

#[tokio::test]
async fn a_rollback_reads_the_alias_before_and_since_its_version_was_published() {
    let case = with_alias("{ roll-back-alias: { deployed-within: 1h } }");
    let candidate = case.candidate("checkout");
    let account = account();
    let facts = roll_back_alias::read_facts(&candidate, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(facts.alias, "live");
    assert_eq!(
        (facts.before.errors, facts.since.errors),
        (Some(1), Some(40))
    );
    let current = facts.current().unwrap();
    assert_eq!(current.number, 9);
    assert_eq!(
        facts.previous(current).map(|version| version.number),
        Some(7)
    );
    assert_eq!(account.queries().len(), 6);
}

#[tokio::test]
async fn a_parameter_is_read_with_its_tags() {
    let case =
        Case::new("{ set-parameter: { parameter: /agent/model, value: b, allowed: [a, b] } }");
    let picket_rules::playbooks::Action::SetParameter(bounds) = &case.playbooks.all()[0].action
    else {
        panic!("the action of the playbook")
    };
    let candidate = case.candidate(&set_parameter::target(bounds));
    let name = "/agent/model".to_owned();
    let account = Account {
        settings: BTreeMap::from([(
            Setting::Parameter { name },
            Reading::settled(Value::Text("a".into())),
        )]),
        tags: BTreeMap::from([(
            "arn:aws:ssm:eu-west-1:123456789012:parameter/agent/model".to_owned(),
            tagged(),
        )]),
        ..Account::default()
    };
    let facts = set_parameter::read_facts(&candidate, bounds, &case.home, &account, now());
    let facts = facts.await.unwrap().unwrap();
    assert_eq!(
        (facts.value.value, facts.tags),
        (Value::Text("a".into()), tagged())
    );
    let missing = Account::default();
    let facts = set_parameter::read_facts(&candidate, bounds, &case.home, &missing, now());
    assert_eq!(facts.await.unwrap(), None);
}
