//! The needs of datapoints in a request, and a lower bound of the number of requests.

use std::collections::HashMap;

use super::size;
use crate::{
    datum::Datum,
    limits::{MOST_BYTES, MOST_DATA, MOST_VALUES},
};

/// The needs of one datapoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) bytes: usize,
    pub(super) values: usize,
    /// The number of its metric.
    pub(super) metric: usize,
}

/// The needs of a namespace's datapoints, in their order.
#[derive(Debug)]
pub(super) struct Needs {
    pub(super) data: Vec<Need>,
    /// Whether the values of a metric do not fit into one request together.
    pub(super) wide: Vec<bool>,
    /// The bytes of a request that are left for datapoints.
    pub(super) room: usize,
}

impl Needs {
    pub(super) fn of(namespace: &str, data: &[Datum]) -> Self {
        let mut metrics = HashMap::new();
        let mut values_of = Vec::new();
        let need = |datum: &Datum| {
            let name = (datum.name.clone(), datum.dimensions.clone());
            let metric = *metrics.entry(name).or_insert(values_of.len());
            if metric == values_of.len() {
                values_of.push(0);
            }
            let values = datum.values.len();
            values_of[metric] += values;
            Need {
                bytes: size::datum(datum),
                values,
                metric,
            }
        };
        let data = data.iter().map(need).collect();
        Self {
            data,
            wide: values_of
                .iter()
                .map(|values| *values > MOST_VALUES)
                .collect(),
            room: MOST_BYTES - size::frame(namespace, MOST_DATA),
        }
    }

    /// A lower bound of the requests, except for metrics with several datapoints that fit into one request.
    pub(super) fn fewest(&self) -> usize {
        let bytes: usize = self.data.iter().map(|need| need.bytes).sum();
        let mut data_of = vec![0_usize; self.wide.len()];
        for need in self.data.iter().filter(|need| self.wide[need.metric]) {
            data_of[need.metric] += 1;
        }
        let of_one_metric = data_of.into_iter().max().unwrap_or(0);
        (self.data.len().div_ceil(MOST_DATA))
            .max(bytes.div_ceil(self.room))
            .max(of_one_metric)
    }
}
