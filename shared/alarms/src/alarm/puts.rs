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
    named: BTreeMap<String, BTreeMap<Timestamp, Vec<Put>>>,
    observed: Vec<(Observed, Vec<Timestamp>)>,
}

#[derive(Debug, Clone)]
struct Put {
    arrived: Timestamp,
    sample: Sample,
}

impl Puts {
    /// Adds a sample of a metric, by its id, or of a supplied series ([`Definition::supplied`]).
    pub fn put(&mut self, name: &str, at: Timestamp, arrived: Timestamp, sample: Sample) {
        let series = self.named.entry(name.to_owned()).or_default();
        series.entry(at).or_default().push(Put { arrived, sample });
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
        let arrived = self.arrived(window, until);
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
        let datapoint = |(start, end): (Timestamp, Timestamp)| {
            let puts = self.named.get(name)?.range(start..end);
            let samples: Vec<Sample> = puts
                .flat_map(|(_, puts)| puts)
                .filter(|put| put.arrived <= until)
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

    /// The metrics of Metrics Insights queries, with the samples of the window that had arrived.
    fn arrived(&self, window: &Window, until: Timestamp) -> Vec<Observed> {
        let first = window.starts.first().copied().unwrap_or(window.end);
        let seen =
            |at: Timestamp, arrived: Timestamp| at >= first && at < window.end && arrived <= until;
        self.observed
            .iter()
            .map(|(observed, arrivals)| {
                let samples = observed.samples.iter().zip(arrivals);
                let samples = samples.filter(|((at, _), arrived)| seen(*at, **arrived));
                Observed {
                    namespace: observed.namespace.clone(),
                    metric: observed.metric.clone(),
                    labels: observed.labels.clone(),
                    samples: samples.map(|(sample, _)| sample.clone()).collect(),
                }
            })
            .collect()
    }
}
