//! What was put for the series of an alarm, and when it arrived.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Datapoint, Definition, Inputs, Sample, Statistic, Window,
    insights::{Group, Observed},
};

use crate::attributes::Attributes;

/// Everything that was put. A sample counts for the period of its time, from its arrival on: data come late, and in
/// several puts.
#[derive(Debug, Clone, Default)]
pub struct Puts {
    named: BTreeMap<String, BTreeMap<Timestamp, Vec<Put>>>,
    observed: Vec<(Observed, Vec<Timestamp>)>,
    /// The groups that queries returned, by the query's id.
    returned: BTreeMap<String, BTreeMap<Attributes, BTreeMap<Timestamp, Vec<Put>>>>,
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

    /// Adds a datapoint of a group that a query returned, by the query's id; without groups `attributes` is empty. Such a
    /// query is not evaluated over what was observed.
    pub fn put_group(
        &mut self,
        query: &str,
        attributes: &[(String, String)],
        (at, arrived): (Timestamp, Timestamp),
        value: f64,
    ) {
        let groups = self.returned.entry(query.to_owned()).or_default();
        let group = groups.entry(attributes.to_vec()).or_default();
        let sample = Sample::Values(vec![(value, 1.0)]);
        group.entry(at).or_default().push(Put { arrived, sample });
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
                let puts = self.named.get(&name);
                let datapoints = puts.map(|puts| datapoints(puts, statistic, window, until));
                (name, datapoints.unwrap_or_default())
            })
            .collect();
        let arrived = self.arrived(window, until);
        let groups = definition
            .queries()
            .into_iter()
            .map(|(id, query)| {
                let returned = self.returned_groups(id, window, until);
                let groups = match returned {
                    Some(groups) => query.arranged(groups),
                    None => query.groups(&arrived, window),
                };
                (id.to_owned(), groups)
            })
            .collect::<BTreeMap<String, Vec<Group>>>();
        Inputs { series, groups }
    }

    fn returned_groups(&self, id: &str, window: &Window, until: Timestamp) -> Option<Vec<Group>> {
        let groups = self.returned.get(id)?.iter();
        let group = |(attributes, puts): (&Attributes, &BTreeMap<Timestamp, Vec<Put>>)| Group {
            attributes: attributes.clone(),
            datapoints: datapoints(puts, Statistic::Average, window, until),
        };
        Some(groups.map(group).collect())
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

fn datapoints(
    puts: &BTreeMap<Timestamp, Vec<Put>>,
    statistic: Statistic,
    window: &Window,
    until: Timestamp,
) -> Vec<Datapoint> {
    let datapoint = |(start, end): (Timestamp, Timestamp)| {
        let samples: Vec<Sample> = puts
            .range(start..end)
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
