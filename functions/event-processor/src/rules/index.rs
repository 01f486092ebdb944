//! The compiled rule index: each lookup, pattern and time is evaluated once for an event, however many rules share it.

use picket_rules::{
    filter::{Field, Lookups, PatternSet},
    metrics::{Dimensions, MetricRules},
};

use crate::{
    deduplication::DedupScope,
    payload::slow_path_fields,
    rules::metric::{MetricId, ValueKind},
};

/// The index of all rules.
#[derive(Debug, Clone, Default)]
pub struct RuleIndex {
    /// The fields that rules read.
    pub lookups: Lookups,
    /// Their patterns.
    pub patterns: PatternSet,
    /// The fields of an event's time and id: mostly one key for all rules of a workload.
    pub timings: Vec<TimingKey>,
    /// Tables of metrics: metrics with the same dimensions are columns of one table.
    pub tables: Vec<DimensionTable>,
    /// By workload.
    pub workloads: Vec<WorkloadIndex>,
}

/// The index of a workload's rules.
#[derive(Debug, Clone)]
pub struct WorkloadIndex {
    /// By rule: its references, and the slot of each of its metrics.
    pub rules: Vec<(RuleRef, Vec<MetricSlot>)>,
    /// The usage rule's references, and the slot of its cost metric.
    pub usage: Option<(RuleRef, Option<MetricSlot>)>,
}

/// A rule's references into [`RuleIndex`].
#[derive(Debug, Clone, Copy)]
pub struct RuleRef {
    /// The pattern.
    pub pattern: usize,
    /// The timing key.
    pub timing: usize,
    /// Whether one of the rule's metrics has a default value: then the minute of an event that does not match matters
    /// too.
    pub has_default: bool,
}

/// The fields that determine when an event counts, and whether it is a duplicate.
#[derive(Debug, Clone, PartialEq)]
pub struct TimingKey {
    /// The field of the event's own time; `None` is the time of arrival.
    pub timestamp: Option<Field>,
    /// The field of the event's id, and its scope; `None` counts every event.
    pub event_id: Option<(Field, DedupScope)>,
}

/// A table of metrics with the same dimensions.
#[derive(Debug, Clone)]
pub struct DimensionTable {
    /// The dimensions.
    pub dimensions: Dimensions,
    /// The metrics, and the values of each.
    pub columns: Vec<(MetricId, ValueKind)>,
}

/// The slot of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricSlot {
    /// The index of its table.
    pub table: usize,
    /// The index of its column.
    pub column: usize,
}

impl RuleIndex {
    /// Compiles rules; their selectors get their slots.
    pub(super) fn new(workloads: &mut [MetricRules]) -> Self {
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
                        let id = MetricId::Rule(number, rule_number, transformation);
                        self.slot((id, ValueKind::Numbers(metric.kind)), &metric.dimensions)
                    });
            rules.push((rule_ref, metrics.collect()));
        }
        let usage = workload.usage.as_ref().map(|usage| {
            let pattern = self.patterns.enter(&usage.pattern);
            let rule_ref = self.rule_ref(pattern, name, (&usage.timestamp, &usage.event_id));
            let cost = usage.cost.as_ref();
            let column = (MetricId::Cost(number), ValueKind::Costs);
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
                .map(|field| (field, DedupScope::new(workload))),
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

    fn slot(&mut self, column: (MetricId, ValueKind), dimensions: &Dimensions) -> MetricSlot {
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
