//! What one event counts for, by every rule that takes it.

use jiff::Timestamp;
use picket_rules::{
    filter::{Event, Field},
    metrics::{
        self as rules, CostMetric, Dimensions, MetricKind, MetricRule, MetricRules, MetricValue,
        UsageRule, dimension_value,
    },
};
use picket_shared::{
    fleet::FleetMessage,
    usage::{Usage, UsageKey},
};
use rust_decimal::prelude::ToPrimitive;

use crate::{
    core::Core,
    moment::{Moment, Window, minute},
    recall::event_id,
    tally::Tally,
    totals::{Datum, Source, is_legal},
    usage::{self, BadUsage},
};

/// What one event counts for.
#[derive(Debug, Default)]
pub struct Contribution {
    /// Values of metrics.
    pub data: Vec<(Datum, MetricKind, f64)>,
    /// Requests for the ledger.
    pub usage: Vec<(UsageKey, Usage)>,
    /// Hashes of the ids by which rules know the event.
    pub event_ids: Vec<u64>,
    /// How the event fared.
    pub tally: Tally,
}

/// What is known of an event beside its payload.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// When its record arrived.
    pub arrived_at: Timestamp,
    /// When it happened, where its transport says so; a rule's `Timestamp` goes before it.
    pub happened_at: Option<Timestamp>,
    /// Who reports it.
    pub source: rules::Source,
    /// The stream's region.
    pub region: &'a str,
    /// The times that CloudWatch takes.
    pub window: Window,
}

impl Contribution {
    /// Asks every rule. An error is for the whole event: it counts for nothing, so that a replay counts nothing twice.
    ///
    /// `is_known` says whether an event of this id was counted before; its rules then count nothing.
    pub fn of(
        core: &Core,
        event: &Event<'_>,
        origin: Origin<'_>,
        is_known: &dyn Fn(u64) -> bool,
    ) -> Result<Self, BadUsage> {
        let mut reading = Reading {
            core,
            event,
            origin,
            is_known,
            found: Self::default(),
        };
        for (index, workload) in core.workloads.iter().enumerate() {
            if !reading.is_from(workload) {
                continue;
            }
            if let Some(rule) = &workload.usage {
                reading.usage(index, workload, rule)?;
            }
            for (number, rule) in workload.rules.iter().enumerate() {
                reading.rule((index, number), workload, rule);
            }
        }
        reading.heartbeat();
        let mut found = reading.found;
        found.tally.read = 1;
        found.tally.unmatched = 1 - found.tally.matched;
        Ok(found)
    }
}

impl Contribution {
    /// Of an event that no rule sees.
    pub(crate) fn dropped(count: impl FnOnce(&mut Tally)) -> Self {
        let mut dropped = Self::default();
        dropped.tally.read = 1;
        dropped.tally.unmatched = 1;
        count(&mut dropped.tally);
        dropped
    }
}

/// One event on its way through the rules.
struct Reading<'a> {
    core: &'a Core,
    event: &'a Event<'a>,
    origin: Origin<'a>,
    is_known: &'a dyn Fn(u64) -> bool,
    found: Contribution,
}

impl Reading<'_> {
    /// Whether the workload takes events of this source. What it leaves alone is counted.
    fn is_from(&mut self, workload: &MetricRules) -> bool {
        let is_free = self.core.any_source && workload.usage.is_some();
        let named = workload.source.filter(|_| !is_free);
        let takes = named.is_none_or(|source| source == self.origin.source);
        if !takes && self.origin.source == rules::Source::InvocationLogs {
            self.found.tally.other_source = 1;
        }
        takes
    }

    fn rule(&mut self, at: (usize, usize), workload: &MetricRules, rule: &MetricRule) {
        if !rule.pattern.matches(self.event) || self.repeats(workload, rule.event_id.as_ref()) {
            return;
        }
        let moment = self.moment(rule.timestamp.as_ref());
        for (index, metric) in rule.transformations.iter().enumerate() {
            if let Some(value) = self.value(&metric.value) {
                let source = Source::Rule(at.0, at.1, index);
                self.sets(source, &metric.dimensions, metric.kind, moment, value);
            }
        }
    }

    fn usage(
        &mut self,
        index: usize,
        workload: &MetricRules,
        rule: &UsageRule,
    ) -> Result<(), BadUsage> {
        if !rule.pattern.matches(self.event) || self.repeats(workload, rule.event_id.as_ref()) {
            return Ok(());
        }
        let moment = self.moment(rule.timestamp.as_ref());
        let (prices, region) = (&self.core.prices, self.origin.region);
        let request = usage::request(rule, prices, self.event, moment.usage, region)?;
        if let Some((metric, dollars)) = cost(rule, &request) {
            let source = Source::Cost(index);
            self.sets(source, &metric.dimensions, MetricKind::Sum, moment, dollars);
        }
        self.found.usage.push((request.key, request.usage));
        Ok(())
    }

    /// The synthetic record of our own stack: it proves the whole way. Another stack's matches nothing.
    fn heartbeat(&mut self) {
        let message = self.event.json.and_then(FleetMessage::read);
        let Some(Ok(FleetMessage::Heartbeat(heartbeat))) = message else {
            return;
        };
        if heartbeat.stack == self.core.stack {
            let Origin {
                window, arrived_at, ..
            } = self.origin;
            let moment = window.moment_of(Some(heartbeat.sent_at), arrived_at);
            let datum = Datum::own("Heartbeat", minute(moment.metric));
            self.found.tally.matched = 1;
            self.found.data.push((datum, MetricKind::Sum, 1.0));
        }
    }

    /// Notes the match and the event's id. Whether the workload counted an event of this id before.
    fn repeats(&mut self, workload: &MetricRules, field: Option<&Field>) -> bool {
        let found = &mut self.found;
        found.tally.matched = 1;
        let Some(text) = field.and_then(|field| field.text(self.event)) else {
            return false;
        };
        let id = event_id(&workload.workload, &text);
        if (self.is_known)(id) {
            found.tally.repeated = 1;
            return true;
        }
        if !found.event_ids.contains(&id) {
            found.event_ids.push(id);
        }
        false
    }

    fn moment(&mut self, timestamp: Option<&Field>) -> Moment {
        let Origin {
            window,
            arrived_at,
            happened_at,
            ..
        } = self.origin;
        let moment = window.moment(timestamp, self.event, happened_at, arrived_at);
        let replaced = &mut self.found.tally.timestamps_replaced;
        *replaced = (*replaced).max(u64::from(moment.replaced));
        moment
    }

    /// The value to add. An event without the field adds nothing; one with something else there is counted.
    fn value(&mut self, value: &MetricValue) -> Option<f64> {
        let field = match value {
            MetricValue::Constant(value) => return Some(*value),
            MetricValue::Field(field) => field,
        };
        let number = field.number(self.event).filter(|value| is_legal(*value));
        if number.is_none() && field.text(self.event).is_some() {
            self.found.tally.values_refused += 1;
        }
        number
    }

    /// Adds a value to each roll-up whose dimensions the event has: CloudWatch takes no empty dimension value.
    fn sets(
        &mut self,
        source: Source,
        dimensions: &Dimensions,
        kind: MetricKind,
        moment: Moment,
        value: f64,
    ) {
        for (set, members) in dimensions.sets.iter().enumerate() {
            let dimension = |&index: &usize| {
                let text = dimensions.declared[index].1.text(self.event)?;
                dimension_value(&text).map(str::to_owned)
            };
            let Some(values) = members.iter().map(dimension).collect() else {
                self.found.tally.dimension_sets_left_out += 1;
                continue;
            };
            let minute = minute(moment.metric);
            let datum = Datum {
                source,
                set,
                values,
                minute,
            };
            self.found.data.push((datum, kind, value));
        }
    }
}

/// The metric of a request's cost, and the cost: a view, so a float will do.
fn cost<'r>(rule: &'r UsageRule, request: &usage::Request<'_>) -> Option<(&'r CostMetric, f64)> {
    let metric = rule.cost.as_ref()?;
    let dollars = request
        .price?
        .cost(&request.usage.tokens, request.key.batch)?;
    Some((metric, dollars.to_f64()?))
}
