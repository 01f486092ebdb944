//! The facts about the queues that the sample events name.

use alarm_remediator::{
    actions::{
        Facts,
        function::Health,
        mapping::Mapping,
        redrive_queue::{Consumer, Queue, RedriveFacts},
    },
    setting::{Reading, Value},
};
use picket_rules::playbooks::RedriveQueue;

use super::tags;

/// Twelve messages wait in `orders-dlq`, and the consumer of `orders` is healthy.
pub(crate) fn waiting(bounds: RedriveQueue) -> Facts<'static> {
    let mapping = Mapping {
        uuid: "a1b2c3d4-5678-90ab-cdef-111111111111".to_owned(),
        source: "arn:aws:sqs:eu-west-1:123456789012:orders".to_owned(),
        enabled: true,
        settled: true,
        parallelization: 1,
        last_result: String::new(),
    };
    Facts::Redrive(
        bounds,
        Some(RedriveFacts {
            tags: tags(),
            queue: Queue {
                messages: 12,
                sources: vec!["orders".to_owned()],
            },
            last_move: Reading::settled(Value::Absent),
            counts: vec![12, 12, 12],
            source_tags: tags(),
            consumers: vec![Consumer {
                function: "orders-consumer".to_owned(),
                mapping,
            }],
            health: Health {
                invocations: Some(900),
                errors: Some(0),
                throttles: Some(0),
            },
            last_changed: None,
        }),
    )
}
