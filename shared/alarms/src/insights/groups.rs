//! The evaluation of a query.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Aggregate, MOST_SERIES, Query};
use crate::{Datapoint, Sample, Statistic, Window};

/// Of more metrics the first that the query finds are evaluated (user guide, "Partial data cases").
const MOST_METRICS: usize = 10_000;

/// A metric and everything that was put for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub metric: String,
    /// Dimensions by name; tags as `tag.` and their key, and the account as `AWS.AccountId`.
    pub labels: BTreeMap<String, String>,
    /// What was put, and when.
    pub samples: Vec<(Timestamp, Sample)>,
}

/// A series of a query's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The labels of `GROUP BY` and their values; empty without it.
    pub attributes: Vec<(String, String)>,
    /// A datapoint for each period in which something was put.
    pub datapoints: Vec<Datapoint>,
}

impl Query {
    /// Returns the series, in the query's order. Groups without any datapoint in the window are not there.
    pub fn groups(&self, observed: &[Observed], window: &Window) -> Vec<Group> {
        let matching = observed
            .iter()
            .filter(|one| self.matches(one))
            .take(MOST_METRICS);
        let mut members: BTreeMap<Vec<(String, String)>, Vec<&Observed>> = BTreeMap::new();
        for one in matching {
            members.entry(self.group(one)).or_default().push(one);
        }
        let groups = members.into_iter().map(|(attributes, members)| Group {
            attributes,
            datapoints: self.datapoints(&members, window),
        });
        self.arranged(groups.collect())
    }

    /// The groups that have a datapoint, in the query's order, up to its limit.
    pub(crate) fn arranged(&self, mut groups: Vec<Group>) -> Vec<Group> {
        groups.retain(|group| !group.datapoints.is_empty());
        if let Some((by, descending)) = self.order_by {
            groups.sort_by(|a, b| {
                let ascending = scalar(by, &a.datapoints).total_cmp(&scalar(by, &b.datapoints));
                if descending {
                    ascending.reverse()
                } else {
                    ascending
                }
            });
        }
        groups.truncate(self.limit.unwrap_or(MOST_SERIES));
        groups
    }

    fn matches(&self, one: &Observed) -> bool {
        let dimensions = || {
            one.labels
                .keys()
                .filter(|key| !key.starts_with("tag.") && !key.starts_with("AWS."))
                .collect::<std::collections::BTreeSet<_>>()
        };
        let schema = self.schema.as_ref().is_none_or(|schema| {
            schema.iter().collect::<std::collections::BTreeSet<_>>() == dimensions()
        });
        let holds = self.conditions.iter().all(|condition| {
            (one.labels.get(&condition.label) == Some(&condition.value)) == condition.equal
        });
        one.namespace == self.namespace && one.metric == self.metric && schema && holds
    }

    /// Metrics without the label are the group `Other` (user guide, `GROUP BY`).
    fn group(&self, one: &Observed) -> Vec<(String, String)> {
        let value = |label: &String| {
            one.labels
                .get(label)
                .cloned()
                .unwrap_or_else(|| "Other".to_owned())
        };
        self.group_by
            .iter()
            .map(|label| (label.clone(), value(label)))
            .collect()
    }

    fn datapoints(&self, members: &[&Observed], window: &Window) -> Vec<Datapoint> {
        let datapoint = |(start, end): (Timestamp, Timestamp)| {
            let samples: Vec<Sample> = members
                .iter()
                .flat_map(|one| &one.samples)
                .filter(|(at, _)| *at >= start && *at < end)
                .map(|(_, sample)| sample.clone())
                .collect();
            Some(Datapoint {
                at: start,
                value: self.function.statistic().of(&samples)?,
                samples: Statistic::SampleCount.of(&samples),
            })
        };
        window.periods().filter_map(datapoint).collect()
    }
}

/// `ORDER BY` compares one number of each series.
fn scalar(by: Aggregate, datapoints: &[Datapoint]) -> f64 {
    let values = Sample::Values(datapoints.iter().map(|one| (one.value, 1.0)).collect());
    by.statistic().of(&[values]).unwrap_or(f64::NEG_INFINITY)
}
