//! The datapoints on which an evaluation rests.

use crate::{Bounds, Datapoint, Definition, Threshold, Watched, Window};

/// A datapoint, and what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Judged {
    pub(crate) datapoint: Datapoint,
    pub(crate) bounds: Bounds,
    pub(crate) breaches: bool,
}

/// The datapoints that decide an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidence {
    /// The real datapoints, oldest first.
    pub(crate) real: Vec<Judged>,
    /// The number of missing datapoints that are filled in.
    pub(crate) filled: u32,
    /// The number of real datapoints that breach.
    pub(crate) breaching: u32,
    /// The age of the oldest breaching datapoint in periods, the newest being 1; 0 where none breaches.
    pub(crate) oldest_breaching: u32,
}

impl Evidence {
    /// Selects the datapoints: as many real ones as there are evaluation periods, the newest first.
    pub(crate) fn gather(definition: &Definition, window: &Window, watched: &Watched) -> Self {
        let wanted = definition.evaluation_periods as usize;
        let judged = |datapoint: Datapoint| {
            let bounds = match definition.threshold {
                Threshold::Value(value) => Bounds {
                    lower: value,
                    upper: value,
                },
                Threshold::Band(_) => *watched.band.get(&datapoint.at)?,
            };
            let breaches = definition.comparison.breaches(datapoint.value, bounds);
            Some(Judged {
                datapoint,
                bounds,
                breaches,
            })
        };
        // Newest first, with the age in periods, the newest being 1.
        let newest: Vec<(u32, Judged)> = (1..)
            .zip(window.place(&watched.datapoints).into_iter().rev())
            .filter_map(|(age, datapoint)| Some((age, judged(datapoint?)?)))
            .take(wanted)
            .collect();
        let breaching = || newest.iter().filter(|(_, judged)| judged.breaches);
        let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
        Self {
            filled: definition.evaluation_periods - count(newest.len()),
            breaching: count(breaching().count()),
            oldest_breaching: breaching().next_back().map_or(0, |(age, _)| *age),
            real: newest.iter().rev().map(|(_, judged)| *judged).collect(),
        }
    }
}
