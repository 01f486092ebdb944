//! The decisions, with worked numbers, and the facts they rest on.

use std::collections::BTreeMap;

use picket_rules::playbooks::RedriveQueue;
use picket_shared::alarm::Watches;
use serde_json::json;

use super::*;
use crate::{
    actions::{
        function::Health,
        mapping::Mapping,
        testing::{Account, Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    setting::{Reading, Setting, Value},
    testing::now,
};

const BOUNDS: RedriveQueue = RedriveQueue {
    per_second: 10,
    most: 1_000,
};
const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq";
const SOURCE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";

fn consumer(uuid: &str, enabled: bool) -> Consumer {
    Consumer {
        function: "orders-consumer".into(),
        mapping: Mapping {
            uuid: uuid.into(),
            source: SOURCE.into(),
            enabled,
            settled: true,
            parallelization: 1,
            last_result: String::new(),
        },
    }
}

fn health(invocations: u64, errors: u64, throttles: u64) -> Health {
    Health {
        invocations: Some(invocations),
        errors: Some(errors),
        throttles: Some(throttles),
    }
}

/// Seven messages wait since the last quarter of an hour, and the consumer runs without errors.
fn facts() -> RedriveFacts {
    RedriveFacts {
        tags: tagged(),
        queue: Queue {
            messages: 7,
            sources: vec!["orders".into()],
        },
        last_move: Reading::settled(Value::Absent),
        counts: vec![7, 7, 7],
        source_tags: tagged(),
        consumers: vec![consumer("u-1", true)],
        health: health(40, 0, 0),
        last_changed: None,
    }
}

fn decided(facts: Option<&RedriveFacts>) -> String {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("queue/orders-dlq");
    sentence(decide(&candidate, BOUNDS, facts, &case.scope(), now()))
}

#[test]
fn a_move_is_one_request_that_cannot_be_taken_back() {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("queue/orders-dlq");
    let mut facts = facts();
    facts.last_move = Reading::settled(Value::Number(1_795_154_400_000));
    let change = change(decide(
        &candidate,
        BOUNDS,
        Some(&facts),
        &case.scope(),
        now(),
    ));
    assert_eq!(
        parsed(&change.request()),
        request(
            "sqs start-message-move-task",
            json!({"SourceArn": QUEUE, "MaxNumberOfMessagesPerSecond": 10})
        )
    );
    assert_eq!(change.revert(), None);
    assert_eq!(
        (&change.write.from, &change.write.to),
        (&Value::Number(1_795_154_400_000), &Value::NewRun)
    );
    assert_eq!(change.target, "queue/orders-dlq");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, a row a cause")]
fn each_cause_and_guard_rail_says_its_numbers() {
    for (facts, expected) in [
        (
            facts(),
            "change: move the messages of queue/orders-dlq back to the queue orders (about 7 messages wait, and none arrived in the last 15 minutes; the consumer orders-consumer had 40 invocations in that time, and none failed; at most 10 messages a second are moved; one that fails again comes back)",
        ),
        (
            RedriveFacts {
                counts: vec![9, 8, 7],
                ..facts()
            },
            "change: move the messages of queue/orders-dlq back to the queue orders (about 7 messages wait, and none arrived in the last 15 minutes; the consumer orders-consumer had 40 invocations in that time, and none failed; at most 10 messages a second are moved; one that fails again comes back)",
        ),
        (
            RedriveFacts {
                queue: Queue {
                    messages: 0,
                    ..facts().queue
                },
                ..facts()
            },
            "refusal: no message waits in queue/orders-dlq: there is nothing to move",
        ),
        (
            RedriveFacts {
                queue: Queue {
                    messages: 7,
                    sources: Vec::new(),
                },
                ..facts()
            },
            "finding: the queue is the dead-letter queue of no other queue, and SQS moves only messages that came from a queue",
        ),
        (
            RedriveFacts {
                queue: Queue {
                    messages: 7,
                    sources: vec!["orders".into(), "invoices".into()],
                },
                ..facts()
            },
            "finding: the queue takes the messages of 2 queues (orders, invoices), and a person must decide whether all their consumers are healthy",
        ),
        (
            RedriveFacts {
                queue: Queue {
                    messages: 1_001,
                    ..facts().queue
                },
                ..facts()
            },
            "finding: about 1001 messages wait, more than the playbook's 1000: a person looks at them first",
        ),
        (
            RedriveFacts {
                consumers: Vec::new(),
                ..facts()
            },
            "finding: the queue orders, to which the messages would go, does not have exactly one consumer: the function has no event source mapping that this playbook changes",
        ),
        (
            RedriveFacts {
                consumers: vec![consumer("u-1", false)],
                ..facts()
            },
            "finding: the queue orders, to which the messages would go, does not have exactly one consumer: none of the function's event source mappings is enabled (1 are disabled)",
        ),
        (
            RedriveFacts {
                consumers: vec![consumer("u-1", true), consumer("u-2", true)],
                ..facts()
            },
            "finding: the queue orders, to which the messages would go, does not have exactly one consumer: the function has 2 enabled event source mappings (arn:aws:sqs:eu-west-1:123456789012:orders, arn:aws:sqs:eu-west-1:123456789012:orders), and which of them is the cause is not known",
        ),
        (
            RedriveFacts {
                health: health(40, 1, 0),
                ..facts()
            },
            "finding: the consumer orders-consumer is not healthy: 1 invocations failed and 0 were throttled in the last 15 minutes; the messages would come back",
        ),
        (
            RedriveFacts {
                health: health(40, 0, 2),
                ..facts()
            },
            "finding: the consumer orders-consumer is not healthy: 0 invocations failed and 2 were throttled in the last 15 minutes; the messages would come back",
        ),
        (
            RedriveFacts {
                health: Health::default(),
                ..facts()
            },
            "finding: the consumer orders-consumer was not invoked in the last 15 minutes, so that nothing shows that it is healthy",
        ),
        (
            RedriveFacts {
                counts: vec![6, 7],
                ..facts()
            },
            "finding: messages still arrive in the dead-letter queue: 6 waited 15 minutes ago, and 7 do now",
        ),
        (
            RedriveFacts {
                counts: vec![7],
                ..facts()
            },
            "finding: CloudWatch has no two counts of the messages in the last 15 minutes, so that nothing shows that none arrive any more",
        ),
        (
            RedriveFacts {
                last_move: Reading {
                    settled: false,
                    ..facts().last_move
                },
                ..facts()
            },
            "refusal: messages of queue/orders-dlq are being moved already, and SQS moves those of a queue once at a time",
        ),
        (
            RedriveFacts {
                tags: own(),
                ..facts()
            },
            "refusal: queue/orders-dlq belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            RedriveFacts {
                source_tags: own(),
                ..facts()
            },
            "refusal: the source queue orders belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            RedriveFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            },
            "refusal: queue/orders-dlq was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            RedriveFacts {
                tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: queue/orders-dlq is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
        (
            RedriveFacts {
                source_tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: the source queue orders is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no queue/orders-dlq in this account and region"
    );
}

/// What a person has to decide is not planned for again.
#[test]
fn only_the_health_of_the_consumer_may_pass() {
    let source = || "orders".to_owned();
    for (finding, passes) in [
        (Finding::NoSource, false),
        (Finding::SeveralSources(vec![source(), source()]), false),
        (
            Finding::TooMany {
                messages: 9,
                most: 8,
            },
            false,
        ),
        (Finding::Idle { function: source() }, true),
        (Finding::StillArrive { counts: None }, true),
        (
            Finding::StillFails {
                function: source(),
                errors: 1,
                throttles: 0,
            },
            true,
        ),
    ] {
        assert_eq!(finding.may_pass(), passes, "{finding}");
    }
}

fn case_of(queue: &str) -> Case {
    let mut case = Case::new("{ redrive-queue: { per-second: 10, most: 1000 } }");
    if let Watches::Metric(metric, _) = &mut case.alarm.watches {
        metric.dimensions = vec![("QueueName".to_owned(), queue.to_owned())];
    }
    case
}

#[test]
fn the_alarm_names_the_queue() {
    for (name, expected) in [
        ("orders-dlq", Ok("queue/orders-dlq")),
        ("orders-dlq.fifo", Ok("queue/orders-dlq.fifo")),
        (
            "orders dlq",
            Err("\"orders dlq\" is not a name that AWS accepts in the dimension QueueName"),
        ),
    ] {
        let case = case_of(name);
        let found = target(&case.playbooks.all()[0], &case.alarm);
        assert_eq!(
            found.map_err(|refusal| refusal.to_string()),
            expected.map(str::to_owned).map_err(str::to_owned)
        );
    }
}

#[tokio::test]
async fn the_facts_are_those_of_the_source_and_its_one_consumer() {
    let case = case_of("orders-dlq");
    let candidate = case.candidate("queue/orders-dlq");
    let window = "from 05:46:00 to 06:01:00";
    let counts =
        format!("Maximum ApproximateNumberOfMessagesVisible QueueName=orders-dlq {window}");
    let invocations = format!("Sum Invocations FunctionName=orders-consumer {window}");
    let setting = Setting::Redrive {
        queue: QUEUE.into(),
        per_second: 10,
    };
    let mut account = Account {
        settings: [(setting, Reading::settled(Value::Absent))].into(),
        tags: [(QUEUE.to_owned(), tagged()), (SOURCE.to_owned(), own())].into(),
        queues: [("orders-dlq".to_owned(), facts().queue)].into(),
        consumers: vec![
            (SOURCE.to_owned(), consumer("u-0", false)),
            (SOURCE.to_owned(), consumer("u-1", true)),
            (QUEUE.to_owned(), consumer("u-2", true)),
        ],
        metrics: [(counts, vec![6.0, 7.0]), (invocations, vec![30.0, 10.0])].into(),
        ..Account::default()
    };
    let found = read_facts(&candidate, BOUNDS, &case.home, &account, now()).await;
    let found = found.unwrap().unwrap();
    assert_eq!(
        (found.tags, found.source_tags, found.counts),
        (tagged(), own(), vec![6, 7])
    );
    assert_eq!(found.consumers.len(), 2);
    assert_eq!(found.health.invocations, Some(40));
    account.queues.clear();
    let found = read_facts(&candidate, BOUNDS, &case.home, &account, now()).await;
    assert_eq!(found.unwrap(), None);
}
