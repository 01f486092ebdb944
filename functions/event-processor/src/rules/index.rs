//! The rules made ready for events: what is asked once of each, however many rules ask it, and where each metric is added up.

use picket_rules::{
    filter::{Field, Lookups, PatternSet},
    metrics::{Dimensions, MetricKind, MetricRules},
};

use crate::{
    counting::{Kind, Source},
    deduplication::DedupScope,
    payload::slow_path_fields,
};

/// What the rules share.
#[derive(Debug, Clone, Default)]
pub struct RuleIndex {
    /// What the rules look up in an event.
    pub lookups: Lookups,
    /// Their patterns.
    pub patterns: PatternSet,
    /// Where they read an event's time and id: mostly one for all rules of a workload.
    pub timings: Vec<TimingKey>,
    /// Where metrics are added up: those with the same dimensions are the columns of one table.
    pub tables: Vec<DimensionTable>,
    /// By workload.
    pub workloads: Vec<WorkloadIndex>,
}

/// A workload's places.
#[derive(Debug, Clone)]
pub struct WorkloadIndex {
    /// By rule: what is asked of an event, and by transformation where it is added up.
    pub rules: Vec<(RuleRef, Vec<MetricSlot>)>,
    /// The usage rule's, and its cost metric's.
    pub usage: Option<(RuleRef, Option<MetricSlot>)>,
}

/// What a rule asks of an event, in indices of [`RuleIndex`].
#[derive(Debug, Clone, Copy)]
pub struct RuleRef {
    /// Whether it matches.
    pub pattern: usize,
    /// When it counts, unless it did before.
    pub timing: usize,
    /// Whether the minute matters where it does not match: one of the rule's metrics has a default value.
    pub has_default: bool,
}

/// Where rules read an event's own time, and what they know it by.
#[derive(Debug, Clone, PartialEq)]
pub struct TimingKey {
    /// `None` is its arrival.
    pub timestamp: Option<Field>,
    /// `None` counts whatever comes.
    pub event_id: Option<(Field, DedupScope)>,
}

/// Metrics with the same dimensions.
#[derive(Debug, Clone)]
pub struct DimensionTable {
    /// The dimensions.
    pub dimensions: Dimensions,
    /// The metrics, and what is kept of each.
    pub columns: Vec<(Source, Kind)>,
}

/// A metric's table and its column there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricSlot {
    /// The table's index.
    pub table: usize,
    /// The column's.
    pub column: usize,
}

impl RuleIndex {
    /// Of rules, whose selectors get their slots.
    pub(super) fn of(workloads: &mut [MetricRules]) -> Self {
        let mut index = Self::default();
        slow_path_fields::watch(&mut index.lookups);
        for (number, workload) in workloads.iter_mut().enumerate() {
            workload.enter(&mut index.lookups);
            let workload = index.workload(number, workload);
            index.workloads.push(workload);
        }
        index
    }

    fn workload(&mut self, number: usize, workload: &MetricRules) -> WorkloadIndex {
        let name = &workload.workload;
        let mut rules = Vec::new();
        for (rule_number, rule) in workload.rules.iter().enumerate() {
            let pattern = self.patterns.enter(&rule.pattern);
            let rule_ref = RuleRef {
                has_default: rule.has_default(),
                ..self.rule_ref(pattern, name, (&rule.timestamp, &rule.event_id))
            };
            let metrics =
                rule.transformations
                    .iter()
                    .enumerate()
                    .map(|(transformation, metric)| {
                        let kind = match metric.kind {
                            MetricKind::Sum => Kind::Sum,
                            MetricKind::Distribution => Kind::Distribution,
                        };
                        self.slot(
                            (Source::Rule(number, rule_number, transformation), kind),
                            &metric.dimensions,
                        )
                    });
            rules.push((rule_ref, metrics.collect()));
        }
        let usage = workload.usage.as_ref().map(|usage| {
            let pattern = self.patterns.enter(&usage.pattern);
            let rule_ref = self.rule_ref(pattern, name, (&usage.timestamp, &usage.event_id));
            let cost = usage.cost.as_ref();
            let column = (Source::Cost(number), Kind::Cost);
            (
                rule_ref,
                cost.map(|cost| self.slot(column, &cost.dimensions)),
            )
        });
        WorkloadIndex { rules, usage }
    }

    fn rule_ref(
        &mut self,
        pattern: usize,
        workload: &str,
        (timestamp, event_id): (&Option<Field>, &Option<Field>),
    ) -> RuleRef {
        let timing = TimingKey {
            timestamp: timestamp.clone(),
            event_id: event_id
                .clone()
                .map(|field| (field, DedupScope::of(workload))),
        };
        let known = self.timings.iter().position(|known| *known == timing);
        let timing = known.unwrap_or_else(|| {
            self.timings.push(timing);
            self.timings.len() - 1
        });
        RuleRef {
            pattern,
            timing,
            has_default: false,
        }
    }

    fn slot(&mut self, column: (Source, Kind), dimensions: &Dimensions) -> MetricSlot {
        let known = self
            .tables
            .iter()
            .position(|table| table.dimensions == *dimensions);
        let table = known.unwrap_or_else(|| {
            self.tables.push(DimensionTable {
                dimensions: dimensions.clone(),
                columns: Vec::new(),
            });
            self.tables.len() - 1
        });
        let columns = &mut self.tables[table].columns;
        columns.push(column);
        let column = columns.len() - 1;
        MetricSlot { table, column }
    }
}
