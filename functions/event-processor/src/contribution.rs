//! What one event counts for, by every rule that takes it.

use jiff::Timestamp;
use picket_rules::{
    filter::{Event, Field},
    metrics::{self as rules, MetricRule, MetricRules, MetricValue, UsageRule},
};
use picket_shared::fleet::FleetMessage;
use rust_decimal::prelude::ToPrimitive;

use crate::{
    core::{Core, Place},
    moment::{Moment, Window, minute},
    recall::event_id,
    tally::Tally,
    totals::{Datum, Totals, is_legal},
    usage::{BadUsage, Request, Requests},
};

/// How one event fared.
#[derive(Debug, Default)]
pub struct Contribution {
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
    /// Asks every rule and adds up what they say. An error is for the whole event: it counts for nothing, so that a replay counts
    /// nothing twice.
    ///
    /// `is_known` says whether an event of this id was counted before; its rules then count nothing.
    pub fn of(
        core: &Core,
        event: &Event<'_>,
        origin: Origin<'_>,
        is_known: &dyn Fn(u64) -> bool,
        totals: &mut Totals,
    ) -> Result<Self, BadUsage> {
        let mut reading = Reading {
            core,
            event,
            origin,
            is_known,
            moment: None,
            id: None,
            found: Self::default(),
        };
        reading.usage(totals)?;
        for (index, workload) in core.workloads.iter().enumerate() {
            if reading.is_from(workload) {
                for (number, rule) in workload.rules.iter().enumerate() {
                    reading.rule((index, number), workload, rule, totals);
                }
            }
        }
        reading.heartbeat(totals);
        let mut found = reading.found;
        found.tally.read = 1;
        found.tally.unmatched = 1 - found.tally.matched;
        Ok(found)
    }

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
    /// What the last rule read its time from, and the time: most rules of a workload read the same field.
    moment: Option<(Option<&'a Field>, Moment)>,
    /// The same of the id, with its workload, and whether it was counted before.
    id: Option<(&'a str, &'a Field, bool)>,
    found: Contribution,
}

impl<'a> Reading<'a> {
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

    fn rule(
        &mut self,
        at: (usize, usize),
        workload: &'a MetricRules,
        rule: &'a MetricRule,
        totals: &mut Totals,
    ) {
        if !rule.pattern.matches(self.event) || self.repeats(workload, rule.event_id.as_ref()) {
            return;
        }
        let moment = self.moment(rule.timestamp.as_ref());
        for (index, metric) in rule.transformations.iter().enumerate() {
            if let Some(value) = self.value(&metric.value) {
                let place = self.core.places.rules[at.0][at.1][index];
                self.add(place, metric.kind, moment, value, totals);
            }
        }
    }

    /// The requests to models, all of them before anything is added: one that is bad takes the whole event with it.
    fn usage(&mut self, totals: &mut Totals) -> Result<(), BadUsage> {
        let mut requests = Vec::new();
        for (index, workload) in self.core.workloads.iter().enumerate() {
            let Some(rule) = &workload.usage else {
                continue;
            };
            if self.is_from(workload)
                && rule.pattern.matches(self.event)
                && !self.repeats(workload, rule.event_id.as_ref())
            {
                let moment = self.moment(rule.timestamp.as_ref());
                let request = self.request(rule, moment, &mut totals.requests)?;
                requests.push((index, moment, request));
            }
        }
        for (index, moment, request) in requests {
            let dollars = totals.requests.add(&request);
            if let (Some(place), Some(dollars)) = (self.core.places.costs[index], dollars) {
                // A view: the ledger is exact, so a float will do.
                if let Some(dollars) = dollars.to_f64() {
                    self.add(place, rules::MetricKind::Sum, moment, dollars, totals);
                }
            }
        }
        Ok(())
    }

    fn request(
        &self,
        rule: &UsageRule,
        moment: Moment,
        requests: &mut Requests,
    ) -> Result<Request, BadUsage> {
        let (prices, region) = (&self.core.prices, self.origin.region);
        requests.read(rule, prices, self.event, moment.usage, region)
    }

    /// The synthetic record of our own stack: it proves the whole way. Another stack's matches nothing.
    fn heartbeat(&mut self, totals: &mut Totals) {
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
            totals.add(datum, rules::MetricKind::Sum, 1.0);
        }
    }

    /// Notes the match and the event's id. Whether the workload counted an event of this id before.
    fn repeats(&mut self, workload: &'a MetricRules, field: Option<&'a Field>) -> bool {
        let name = workload.workload.as_str();
        self.found.tally.matched = 1;
        let Some(field) = field else {
            return false;
        };
        if let Some((of, known, repeats)) = self.id
            && of == name
            && known == field
        {
            return repeats;
        }
        let Some(text) = field.text(self.event) else {
            return false;
        };
        let id = event_id(name, &text);
        let repeats = (self.is_known)(id);
        self.id = Some((name, field, repeats));
        if repeats {
            self.found.tally.repeated = 1;
        } else if !self.found.event_ids.contains(&id) {
            self.found.event_ids.push(id);
        }
        repeats
    }

    fn moment(&mut self, timestamp: Option<&'a Field>) -> Moment {
        if let Some((known, moment)) = self.moment
            && known == timestamp
        {
            return moment;
        }
        let Origin {
            window,
            arrived_at,
            happened_at,
            ..
        } = self.origin;
        let moment = window.moment(timestamp, self.event, happened_at, arrived_at);
        let replaced = &mut self.found.tally.timestamps_replaced;
        *replaced = (*replaced).max(u64::from(moment.replaced));
        self.moment = Some((timestamp, moment));
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
    fn add(
        &mut self,
        place: Place,
        kind: rules::MetricKind,
        moment: Moment,
        value: f64,
        totals: &mut Totals,
    ) {
        let minute = minute(moment.metric);
        let left_out = totals.add_to_sets(self.core, place, self.event, minute, kind, value);
        self.found.tally.dimension_sets_left_out += left_out;
    }
}
