//! Answers of `GetMetricData`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// All series of some answers: pages, files, in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    pub(super) series: Vec<Recorded>,
}

/// The reason why a text is not an answer.
#[derive(Debug, thiserror::Error)]
#[error("it is not an answer of get-metric-data: {0}")]
pub struct InvalidAnswer(#[from] serde_json::Error);

/// A series of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recorded {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) points: BTreeMap<Timestamp, f64>,
    is_complete: bool,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "MetricDataResults")]
    results: Vec<Page>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    timestamps: Vec<Timestamp>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    status_code: Option<String>,
}

impl Answers {
    /// Adds an answer of `aws cloudwatch get-metric-data`.
    pub fn read(&mut self, json: &[u8]) -> Result<(), InvalidAnswer> {
        let answer: Answer = serde_json::from_slice(json)?;
        for page in answer.results {
            let is_complete = page.status_code.is_none_or(|status| status == "Complete");
            let points = page.timestamps.into_iter().zip(page.values);
            self.add(&page.id, &page.label, points, is_complete);
        }
        Ok(())
    }

    /// Adds datapoints of a series. Of several pages one must be the complete end.
    pub fn add(
        &mut self,
        id: &str,
        label: &str,
        points: impl IntoIterator<Item = (Timestamp, f64)>,
        is_complete: bool,
    ) {
        let known = self
            .series
            .iter()
            .position(|one| one.id == id && one.label == label);
        let index = known.unwrap_or_else(|| {
            self.series.push(Recorded {
                id: id.to_owned(),
                label: label.to_owned(),
                points: BTreeMap::new(),
                is_complete: false,
            });
            self.series.len() - 1
        });
        let series = &mut self.series[index];
        series.points.extend(points);
        series.is_complete |= is_complete;
    }

    /// Says that a query was answered: where it has no series, it matches nothing.
    pub fn ensure(&mut self, id: &str) {
        if self.all_by_id(id).is_empty() {
            self.add(id, "", [], true);
        }
    }

    /// The times of the first and of the last datapoint.
    pub fn range(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self
            .series
            .iter()
            .filter_map(|one| one.points.keys().next());
        let last = self
            .series
            .iter()
            .filter_map(|one| one.points.keys().next_back());
        Some((*first.min()?, *last.max()?))
    }

    /// The labels of the series of which CloudWatch has not answered all datapoints.
    pub fn incomplete(&self) -> Vec<&str> {
        let incomplete = self.series.iter().filter(|one| !one.is_complete);
        incomplete.map(|one| one.label.as_str()).collect()
    }

    /// The series with an id: those of a query with groups differ in their labels.
    pub(super) fn all_by_id(&self, id: &str) -> Vec<&Recorded> {
        self.series.iter().filter(|one| one.id == id).collect()
    }

    /// The series with a label, where just one has it.
    pub(super) fn by_label(&self, label: &str) -> Option<&Recorded> {
        let mut labelled = self.series.iter().filter(|one| one.label == label);
        labelled.next().filter(|_| labelled.next().is_none())
    }
}
