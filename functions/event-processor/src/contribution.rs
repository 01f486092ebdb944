//! What one event counts for, by every rule that takes it.

use jiff::Timestamp;
use picket_rules::{
    filter::{Event, Field},
    metrics::{
        Dimensions, MetricKind, MetricRule, MetricRules, MetricValue, UsageRule, dimension_value,
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
    summary::Tally,
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
    /// How the event fared.
    pub tally: Tally,
}

/// What is known of an event beside its payload.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// When its record arrived.
    pub arrived_at: Timestamp,
    /// The stream's region.
    pub region: &'a str,
    /// The times that CloudWatch takes.
    pub window: Window,
}

impl Contribution {
    /// Asks every rule. An error is for the whole event: it counts for nothing, so that a replay counts nothing twice.
    pub fn of(core: &Core, event: &Event<'_>, origin: Origin<'_>) -> Result<Self, BadUsage> {
        let mut contribution = Self::default();
        for (index, workload) in core.workloads.iter().enumerate() {
            contribution.add_usage(core, index, workload, event, origin)?;
            for (number, rule) in workload.rules.iter().enumerate() {
                if rule.pattern.matches(event) {
                    contribution.add_rule((index, number), rule, event, origin);
                }
            }
        }
        contribution.add_heartbeat(core, event, origin);
        contribution.tally.read = 1;
        contribution.tally.unmatched = 1 - contribution.tally.matched;
        Ok(contribution)
    }

    fn add_rule(
        &mut self,
        at: (usize, usize),
        rule: &MetricRule,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) {
        let moment = self.matched(rule.timestamp.as_ref(), event, origin);
        for (index, metric) in rule.transformations.iter().enumerate() {
            let Some(value) = self.value(&metric.value, event) else {
                continue;
            };
            let source = Source::Rule(at.0, at.1, index);
            self.add_sets(
                source,
                &metric.dimensions,
                metric.kind,
                event,
                moment,
                value,
            );
        }
    }

    fn add_usage(
        &mut self,
        core: &Core,
        index: usize,
        workload: &MetricRules,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Result<(), BadUsage> {
        let Some(rule) = workload
            .usage
            .as_ref()
            .filter(|rule| rule.pattern.matches(event))
        else {
            return Ok(());
        };
        let moment = self.matched(rule.timestamp.as_ref(), event, origin);
        let request = usage::request(rule, &core.prices, event, moment.usage, origin.region)?;
        if let Some(dollars) = dollars(rule, &request) {
            self.add_cost(index, rule, event, moment, dollars);
        }
        self.usage.push((request.key, request.usage));
        Ok(())
    }

    fn add_cost(
        &mut self,
        index: usize,
        rule: &UsageRule,
        event: &Event<'_>,
        moment: Moment,
        dollars: f64,
    ) {
        if let Some(cost) = &rule.cost {
            let source = Source::Cost(index);
            self.add_sets(
                source,
                &cost.dimensions,
                MetricKind::Sum,
                event,
                moment,
                dollars,
            );
        }
    }

    /// The synthetic record of our own stack: it proves the whole way. Another stack's matches nothing.
    fn add_heartbeat(&mut self, core: &Core, event: &Event<'_>, origin: Origin<'_>) {
        let message = event.json.and_then(FleetMessage::read);
        let Some(Ok(FleetMessage::Heartbeat(heartbeat))) = message else {
            return;
        };
        if heartbeat.stack == core.stack {
            let moment = origin
                .window
                .moment_of(Some(heartbeat.sent_at), origin.arrived_at);
            self.tally.matched = 1;
            self.data.push((
                Datum::own("Heartbeat", minute(moment.metric)),
                MetricKind::Sum,
                1.0,
            ));
        }
    }

    fn matched(
        &mut self,
        timestamp: Option<&Field>,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Moment {
        let moment = origin.window.moment(timestamp, event, origin.arrived_at);
        self.tally.matched = 1;
        self.tally.timestamps_replaced = self
            .tally
            .timestamps_replaced
            .max(u64::from(moment.replaced));
        moment
    }

    /// The value to add. An event without the field adds nothing; one with something else there is counted.
    fn value(&mut self, value: &MetricValue, event: &Event<'_>) -> Option<f64> {
        let field = match value {
            MetricValue::Constant(value) => return Some(*value),
            MetricValue::Field(field) => field,
        };
        let number = field.number(event).filter(|value| is_legal(*value));
        if number.is_none() && field.text(event).is_some() {
            self.tally.values_refused += 1;
        }
        number
    }

    /// Adds a value to each roll-up whose dimensions the event has: CloudWatch takes no empty dimension value.
    fn add_sets(
        &mut self,
        source: Source,
        dimensions: &Dimensions,
        kind: MetricKind,
        event: &Event<'_>,
        moment: Moment,
        value: f64,
    ) {
        for (set, members) in dimensions.sets.iter().enumerate() {
            let values: Option<Vec<String>> = members
                .iter()
                .map(|&index| {
                    dimension_value(&dimensions.declared[index].1.text(event)?).map(str::to_owned)
                })
                .collect();
            let Some(values) = values else {
                self.tally.dimension_sets_left_out += 1;
                continue;
            };
            let datum = Datum {
                source,
                set,
                values,
                minute: minute(moment.metric),
            };
            self.data.push((datum, kind, value));
        }
    }
}

/// What a request cost, for a metric: a view, so a float will do.
fn dollars(rule: &UsageRule, request: &usage::Request<'_>) -> Option<f64> {
    rule.cost.as_ref()?;
    request
        .price?
        .cost(&request.usage.tokens, request.key.batch)?
        .to_f64()
}
