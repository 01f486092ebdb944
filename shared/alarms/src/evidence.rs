//! The datapoints on which an evaluation rests.

use crate::{Datapoint, Definition, Window};

/// The datapoints that decide an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidence {
    /// The real datapoints, oldest first.
    pub(crate) real: Vec<Datapoint>,
    /// The number of missing datapoints that are filled in.
    pub(crate) filled: u32,
    /// The number of real datapoints that breach.
    pub(crate) breaching: u32,
    /// The age of the oldest breaching datapoint in periods, the newest being 1; 0 where none breaches.
    pub(crate) oldest_breaching: u32,
}

impl Evidence {
    /// Selects the datapoints: as many real ones as there are evaluation periods, the newest first.
    pub(crate) fn gather(definition: &Definition, window: &Window, series: &[Datapoint]) -> Self {
        let placed = window.place(series);
        let wanted = definition.evaluation_periods as usize;
        let breaches = |datapoint: &Datapoint| {
            definition
                .comparison
                .breaches(datapoint.value, definition.threshold)
        };
        // Newest first, with the age in periods, the newest being 1.
        let newest: Vec<(u32, Datapoint)> = (1..)
            .zip(placed.into_iter().rev())
            .filter_map(|(age, datapoint)| Some((age, datapoint?)))
            .take(wanted)
            .collect();
        let breaching: Vec<u32> = newest
            .iter()
            .filter(|(_, datapoint)| breaches(datapoint))
            .map(|(age, _)| *age)
            .collect();
        let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
        Self {
            filled: definition.evaluation_periods - count(newest.len()),
            breaching: count(breaching.len()),
            oldest_breaching: breaching.last().copied().unwrap_or(0),
            real: newest
                .into_iter()
                .rev()
                .map(|(_, datapoint)| datapoint)
                .collect(),
        }
    }
}
