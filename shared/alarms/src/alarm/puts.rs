//! What was put for the series of an alarm, and when it arrived.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Datapoint, Definition, Inputs, Sample, Statistic, Window,
    insights::{Group, Observed},
};

/// Everything that was put. A sample counts for the period of its time, from its arrival on: data come late, and in
/// several puts.
#[derive(Debug, Clone, Default)]
pub struct Puts {
    named: BTreeMap<String, Vec<Put>>,
    observed: Vec<(Observed, Vec<Timestamp>)>,
}

#[derive(Debug, Clone)]
struct Put {
    at: Timestamp,
    arrived: Timestamp,
    sample: Sample,
}

impl Puts {
    /// Adds a sample of a metric, by its id, or of a supplied series ([`Definition::supplied`]).
    pub fn put(&mut self, name: &str, at: Timestamp, arrived: Timestamp, sample: Sample) {
        let put = Put {
            at,
            arrived,
            sample,
        };
        self.named.entry(name.to_owned()).or_default().push(put);
    }

    /// Adds a metric that Metrics Insights queries see, with the arrival of each of its samples.
    pub fn observe(&mut self, observed: Observed, arrived: Vec<Timestamp>) {
        self.observed.push((observed, arrived));
    }

    /// The series that an alarm reads, from what had arrived by `until`.
    pub fn inputs(&self, definition: &Definition, window: &Window, until: Timestamp) -> Inputs {
        let metrics = definition
            .inputs()
            .iter()
            .map(|input| (input.id.clone(), input.statistic));
        // A supplied series has one value a period; of several, as in a window that slides, the mean.
        let supplied = definition
            .supplied()
            .into_iter()
            .map(|name| (name, Statistic::Average));
        let series = metrics
            .chain(supplied)
            .map(|(name, statistic)| {
                let datapoints = self.datapoints(&name, statistic, window, until);
                (name, datapoints)
            })
            .collect();
        let arrived = self.arrived(until);
        let groups = definition
            .queries()
            .into_iter()
            .map(|(id, query)| (id.to_owned(), query.groups(&arrived, window)))
            .collect::<BTreeMap<String, Vec<Group>>>();
        Inputs { series, groups }
    }

    fn datapoints(
        &self,
        name: &str,
        statistic: Statistic,
        window: &Window,
        until: Timestamp,
    ) -> Vec<Datapoint> {
        let puts = self.named.get(name).map_or(&[][..], Vec::as_slice);
        let datapoint = |(start, end): (Timestamp, Timestamp)| {
            let samples: Vec<Sample> = puts
                .iter()
                .filter(|put| put.at >= start && put.at < end && put.arrived <= until)
                .map(|put| put.sample.clone())
                .collect();
            Some(Datapoint {
                at: start,
                value: statistic.of(&samples)?,
                samples: Statistic::SampleCount.of(&samples),
            })
        };
        window.periods().filter_map(datapoint).collect()
    }

    fn arrived(&self, until: Timestamp) -> Vec<Observed> {
        self.observed
            .iter()
            .map(|(observed, arrivals)| {
                let samples = observed.samples.iter().zip(arrivals);
                Observed {
                    samples: samples
                        .filter(|(_, arrived)| **arrived <= until)
                        .map(|(sample, _)| sample.clone())
                        .collect(),
                    ..observed.clone()
                }
            })
            .collect()
    }
}
