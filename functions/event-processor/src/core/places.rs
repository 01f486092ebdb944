//! Where each metric is added up: metrics with the same dimensions are the columns of one table.

use picket_rules::metrics::{Dimensions, MetricRules};

use crate::totals::Source;

/// Every metric's place.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The tables.
    pub tables: Vec<Table>,
    /// By workload, rule and transformation.
    pub rules: Vec<Vec<Vec<Place>>>,
    /// The cost metric's, by workload.
    pub costs: Vec<Option<Place>>,
}

/// Metrics with the same dimensions.
#[derive(Debug, Clone)]
pub struct Table {
    /// The dimensions.
    pub dimensions: Dimensions,
    /// The metrics.
    pub columns: Vec<Source>,
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
    pub(super) fn of(workloads: &[MetricRules]) -> Self {
        let mut places = Self::default();
        for (index, workload) in workloads.iter().enumerate() {
            let mut rules = Vec::new();
            for (number, rule) in workload.rules.iter().enumerate() {
                let metrics = rule.transformations.iter().enumerate();
                let place = |(place, metric): (usize, &picket_rules::metrics::Transformation)| {
                    places.enter(Source::Rule(index, number, place), &metric.dimensions)
                };
                rules.push(metrics.map(place).collect());
            }
            places.rules.push(rules);
            let cost = workload
                .usage
                .as_ref()
                .and_then(|usage| usage.cost.as_ref());
            let cost = cost.map(|cost| places.enter(Source::Cost(index), &cost.dimensions));
            places.costs.push(cost);
        }
        places
    }

    fn enter(&mut self, source: Source, dimensions: &Dimensions) -> Place {
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
        columns.push(source);
        Place {
            table,
            column: columns.len() - 1,
        }
    }
}
