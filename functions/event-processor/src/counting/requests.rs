//! Model requests: read by usage rules, priced, and added to the usage ledger's delta.

use picket_rules::{
    filter::{Event, Field},
    metrics::{MetricRules, Source, TokenFields, UsageRule},
};

use super::{BadUsage, Counter, EventTiming, Origin, is_blank, totals::Value, usage::Request};
use crate::{
    event_time::Period,
    payload::IncompleteUsage,
    rules::{MetricSlot, RuleRef},
};

/// A model request, and the slot of its cost.
#[derive(Debug)]
pub(super) struct PricedRequest {
    slot: Option<MetricSlot>,
    minute: i64,
    request: Request,
}

impl Counter<'_> {
    /// Whether the workload takes model requests of this source. One that it does not take is in the tally.
    fn takes_usage(&mut self, workload: &MetricRules, rule: RuleRef, origin: Origin<'_>) -> bool {
        let takes = self.rule_set.takes_usage(workload, origin.source);
        let is_request = match origin.source {
            Source::Events => false,
            Source::LogLines => self.current.matches.contains(rule.pattern),
            Source::InvocationLogs => true,
        };
        if !takes && is_request {
            self.current.tally.other_source = 1;
        }
        takes
    }

    /// Whether the event is a model request by a usage rule. A request without an id or a model is an error, unless
    /// another rule matches the event too: then it counts there, and as incomplete usage.
    fn is_request(
        &mut self,
        rule: &UsageRule,
        rule_ref: RuleRef,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Result<bool, BadUsage> {
        let is_matched = self.current.matches.contains(rule_ref.pattern);
        let Some(lacks) = incomplete(rule, is_matched, event, origin) else {
            return Ok(is_matched);
        };
        if !self.is_taken_beside(rule_ref, origin) {
            return Err(BadUsage::Incomplete(lacks));
        }
        self.current.timings[rule_ref.timing] = EventTiming::Never;
        self.current.tally.usage_incomplete = 1;
        Ok(false)
    }

    /// Whether a rule matches the event other than those of the request's own metrics, which share the usage rule's
    /// timing key.
    fn is_taken_beside(&self, usage: RuleRef, origin: Origin<'_>) -> bool {
        let rule_set = self.rule_set;
        let workloads = rule_set.workloads.iter().zip(&rule_set.index.workloads);
        let taking = workloads.filter(|(workload, _)| rule_set.takes(workload, origin.source));
        let mut rules = taking.flat_map(|(_, index)| &index.rules);
        rules.any(|(rule_ref, _)| {
            rule_ref.timing != usage.timing && self.current.matches.contains(rule_ref.pattern)
        })
    }

    /// Reads the event's model requests, all of them before any is added: one that cannot be read fails the whole
    /// event.
    pub(super) fn usage(&mut self, event: &Event<'_>, origin: Origin<'_>) -> Result<(), BadUsage> {
        let rule_set = self.rule_set;
        for (workload, index) in rule_set.workloads.iter().zip(&rule_set.index.workloads) {
            if let (Some(rule), Some((rule_ref, slot))) = (&workload.usage, &index.usage)
                && self.takes_usage(workload, *rule_ref, origin)
                && self.is_request(rule, *rule_ref, event, origin)?
                && let Some(Period { minute, day, .. }) = self.period(*rule_ref, event, origin)
            {
                let requests = &mut self.totals.requests;
                let request = requests.read(rule, &rule_set.prices, event, day, origin.region)?;
                let slot = *slot;
                self.current.requests.push(PricedRequest {
                    slot,
                    minute,
                    request,
                });
            }
        }
        for index in 0..self.current.requests.len() {
            let PricedRequest {
                slot,
                minute,
                ref request,
            } = self.current.requests[index];
            let cost = self.totals.requests.add(request);
            if let (Some(slot), Some(cost)) = (slot, cost) {
                self.add(slot, event, minute, Value::Picodollars(cost));
            }
        }
        Ok(())
    }
}

/// Returns the part that a usage rule lacks in an event: the id of a request that it matches; the id or the model
/// without which it does not match. `None` where nothing is missing, or the event has no tokens.
fn incomplete(
    rule: &UsageRule,
    is_matched: bool,
    event: &Event<'_>,
    origin: Origin<'_>,
) -> Option<IncompleteUsage> {
    let lacks = |field: &Field| field.text(event).is_none_or(|text| is_blank(&text));
    let has_tokens = || {
        let TokenFields { input, output, .. } = &rule.tokens;
        input.is_given(event) || output.as_ref().is_some_and(|output| output.is_given(event))
    };
    if !is_matched {
        if origin.incomplete.is_some() {
            return origin.incomplete;
        }
        if !has_tokens() {
            return None;
        }
    }
    if rule.event_id.as_ref().is_some_and(lacks) {
        return Some(IncompleteUsage::RequestId);
    }
    (!is_matched && lacks(&rule.model)).then_some(IncompleteUsage::Model)
}
