//! The rules made ready for events: what is asked once of each, however many rules ask it, and where each metric is added up.

use picket_rules::{
    filter::{Field, Lookups, PatternSet},
    metrics::{Dimensions, MetricKind, MetricRules},
};

use crate::{
    counting::{Kind, Source},
    deduplication::Identity,
    payload::slow_path_fields,
};

/// What the rules share.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// What the rules look up in an event.
    pub lookups: Lookups,
    /// Their patterns.
    pub patterns: PatternSet,
    /// Where they read an event's time and id: mostly one for all rules of a workload.
    pub occasions: Vec<Occasion>,
    /// Where metrics are added up: those with the same dimensions are the columns of one table.
    pub tables: Vec<Table>,
    /// By workload.
    pub workloads: Vec<WorkloadPlaces>,
}

/// A workload's places.
#[derive(Debug, Clone)]
pub struct WorkloadPlaces {
    /// By rule: what is asked of an event, and by transformation where it is added up.
    pub rules: Vec<(Asked, Vec<Place>)>,
    /// The usage rule's, and its cost metric's.
    pub usage: Option<(Asked, Option<Place>)>,
}

/// What a rule asks of an event, in indices of [`Places`].
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Whether it matches.
    pub pattern: usize,
    /// When it counts, unless it did before.
    pub occasion: usize,
    /// Whether the minute matters where it does not match: one of the rule's metrics has a default value.
    pub has_default: bool,
}

/// Where rules read an event's own time, and what they know it by.
#[derive(Debug, Clone, PartialEq)]
pub struct Occasion {
    /// `None` is its arrival.
    pub timestamp: Option<Field>,
    /// `None` counts whatever comes.
    pub event_id: Option<(Field, Identity)>,
}

/// Metrics with the same dimensions.
#[derive(Debug, Clone)]
pub struct Table {
    /// The dimensions.
    pub dimensions: Dimensions,
    /// The metrics, and what is kept of each.
    pub columns: Vec<(Source, Kind)>,
}

/// A metric's table and its column there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table's index.
    pub table: usize,
    /// The column's.
    pub column: usize,
}

impl Places {
    /// Of rules, whose selectors get their slots.
    pub(super) fn of(workloads: &mut [MetricRules]) -> Self {
        let mut places = Self::default();
        slow_path_fields::watch(&mut places.lookups);
        for (index, workload) in workloads.iter_mut().enumerate() {
            workload.enter(&mut places.lookups);
            let workload = places.workload(index, workload);
            places.workloads.push(workload);
        }
        places
    }

    fn workload(&mut self, index: usize, workload: &MetricRules) -> WorkloadPlaces {
        let name = &workload.workload;
        let mut rules = Vec::new();
        for (number, rule) in workload.rules.iter().enumerate() {
            let pattern = self.patterns.enter(&rule.pattern);
            let asked = Asked {
                has_default: rule.has_default(),
                ..self.asked(pattern, name, (&rule.timestamp, &rule.event_id))
            };
            let metrics = rule
                .transformations
                .iter()
                .enumerate()
                .map(|(place, metric)| {
                    let kind = match metric.kind {
                        MetricKind::Sum => Kind::Sum,
                        MetricKind::Distribution => Kind::Distribution,
                    };
                    self.place(
                        (Source::Rule(index, number, place), kind),
                        &metric.dimensions,
                    )
                });
            rules.push((asked, metrics.collect()));
        }
        let usage = workload.usage.as_ref().map(|usage| {
            let pattern = self.patterns.enter(&usage.pattern);
            let asked = self.asked(pattern, name, (&usage.timestamp, &usage.event_id));
            let cost = usage.cost.as_ref();
            let column = (Source::Cost(index), Kind::Cost);
            (asked, cost.map(|cost| self.place(column, &cost.dimensions)))
        });
        WorkloadPlaces { rules, usage }
    }

    fn asked(
        &mut self,
        pattern: usize,
        workload: &str,
        (timestamp, event_id): (&Option<Field>, &Option<Field>),
    ) -> Asked {
        let occasion = Occasion {
            timestamp: timestamp.clone(),
            event_id: event_id
                .clone()
                .map(|field| (field, Identity::of(workload))),
        };
        let known = self.occasions.iter().position(|known| *known == occasion);
        let occasion = known.unwrap_or_else(|| {
            self.occasions.push(occasion);
            self.occasions.len() - 1
        });
        Asked {
            pattern,
            occasion,
            has_default: false,
        }
    }

    fn place(&mut self, column: (Source, Kind), dimensions: &Dimensions) -> Place {
        let known = self
            .tables
            .iter()
            .position(|table| table.dimensions == *dimensions);
        let table = known.unwrap_or_else(|| {
            self.tables.push(Table {
                dimensions: dimensions.clone(),
                columns: Vec::new(),
            });
            self.tables.len() - 1
        });
        let columns = &mut self.tables[table].columns;
        columns.push(column);
        let column = columns.len() - 1;
        Place { table, column }
    }
}
