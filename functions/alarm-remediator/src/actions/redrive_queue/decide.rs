//! The decision whether the messages of a dead-letter queue are moved.

use jiff::Timestamp;
use picket_rules::playbooks::RedriveQueue;

use super::{
    facts::{RedriveFacts, enabled, setting},
    finding::Finding,
    ports::Consumer,
    refusal::Refusal,
    target,
};
use crate::{
    actions::{function::WINDOW_MINUTES, mapping::one_enabled},
    change::{Change, Decision},
    guards::{allowed, allowed_as, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Value, Write},
};

/// Decides on a change or a finding. `facts` is `None` where the queue does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: RedriveQueue,
    facts: Option<&RedriveFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let target = || candidate.target.clone();
    let facts = facts.ok_or_else(|| Refusal::Absent(target()))?;
    not_own_stack(&candidate.target, &facts.tags, scope)?;
    if facts.queue.messages == 0 {
        return Err(Refusal::Empty(target()));
    }
    let (source, consumer) = match consumer(bounds, facts) {
        Ok(found) => found,
        Err(finding) => return Ok(Decision::Diagnose(finding)),
    };
    if let Some(finding) = not_healthy(consumer, facts) {
        return Ok(Decision::Diagnose(finding));
    }
    if !facts.last_move.settled {
        return Err(Refusal::Moving(target()));
    }
    let source_name = format!("the source queue {source}");
    not_own_stack(&source_name, &facts.source_tags, scope)?;
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    // SQS sends the messages with this function's permissions, which the source's tag bounds.
    allowed_as(&source_name, candidate, &facts.source_tags)?;
    let change = redrive(candidate, bounds, facts, scope, source, consumer);
    Ok(Decision::Change(Box::new(change)))
}

/// The one queue that the messages go to, and its one consumer.
fn consumer(bounds: RedriveQueue, facts: &RedriveFacts) -> Result<(&str, &Consumer), Finding> {
    let source = match facts.queue.sources.as_slice() {
        [] => return Err(Finding::NoSource),
        [source] => source,
        sources => return Err(Finding::SeveralSources(sources.to_vec())),
    };
    if facts.queue.messages > bounds.most.into() {
        return Err(Finding::TooMany {
            messages: facts.queue.messages,
            most: bounds.most,
        });
    }
    let not_one = |not_one| Finding::NotOne {
        source: source.clone(),
        not_one,
    };
    let mappings = facts.consumers.iter().map(|consumer| &consumer.mapping);
    let mapping = one_enabled(mappings).map_err(not_one)?;
    enabled(&facts.consumers)
        .find(|consumer| consumer.mapping == *mapping)
        .map(|consumer| (source.as_str(), consumer))
        .ok_or(Finding::NoSource)
}

/// What shows that the messages would come back.
fn not_healthy(consumer: &Consumer, facts: &RedriveFacts) -> Option<Finding> {
    let function = || consumer.function.clone();
    let errors = facts.health.failed();
    let throttles = facts.health.throttles.unwrap_or(0);
    if errors > 0 || throttles > 0 {
        return Some(Finding::StillFails {
            function: function(),
            errors,
            throttles,
        });
    }
    if facts.health.invoked() == 0 {
        return Some(Finding::Idle {
            function: function(),
        });
    }
    // A function that reports the failed items of a batch has no errors.
    match facts.counts.as_slice() {
        [first, .., last] if last <= first => None,
        [first, .., last] => Some(Finding::StillArrive {
            counts: Some((*first, *last)),
        }),
        [] | [_] => Some(Finding::StillArrive { counts: None }),
    }
}

fn redrive(
    candidate: &Candidate<'_>,
    bounds: RedriveQueue,
    facts: &RedriveFacts,
    scope: &Scope<'_>,
    source: &str,
    consumer: &Consumer,
) -> Change {
    let arn = scope.home.arn("sqs", target::name(&candidate.target));
    let write = Write {
        setting: setting(&arn, bounds),
        from: facts.last_move.value.clone(),
        to: Value::NewRun,
        revision: None,
    };
    let action = format!(
        "move the messages of {} back to the queue {source}",
        candidate.target
    );
    let reason = format!(
        "about {} messages wait, and none arrived in the last {WINDOW_MINUTES} minutes; the consumer {} had {} invocations in \
         that time, and none failed; at most {} messages a second are moved; one that fails again comes back",
        facts.queue.messages,
        consumer.function,
        facts.health.invoked(),
        bounds.per_second,
    );
    Change::new(candidate, write, action, reason)
}
