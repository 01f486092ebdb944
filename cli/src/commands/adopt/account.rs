//! What an account has, read from recorded answers and templates.

use std::collections::BTreeMap;

use picket_alarms::inventory::{Entry, Inventory};
use serde::Deserialize;
use serde_json::Value;

use crate::commands::alarms::sources;

/// Alarms, metric filters, dashboards and saved queries.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) alarms: Vec<Entry>,
    pub(super) filters: Vec<MetricFilter>,
    pub(super) dashboards: Vec<Dashboard>,
    pub(super) queries: Vec<SavedQuery>,
    /// Sentences on what is left out.
    pub(super) notes: Vec<String>,
}

/// A metric filter of `DescribeMetricFilters`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetricFilter {
    pub(super) filter_name: String,
    #[serde(default)]
    pub(super) filter_pattern: String,
    #[serde(default)]
    pub(super) log_group_name: String,
    pub(super) metric_transformations: Vec<Transformation>,
}

/// A metric of a filter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transformation {
    pub(super) metric_name: String,
    pub(super) metric_namespace: String,
    pub(super) metric_value: String,
    /// Absent is not zero: without it, a log event that does not match leaves no datapoint.
    pub(super) default_value: Option<serde_json::Number>,
    pub(super) unit: Option<String>,
    #[serde(default)]
    pub(super) dimensions: BTreeMap<String, String>,
}

/// An answer of `GetDashboard`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dashboard {
    pub(super) name: String,
    pub(super) body: Value,
}

/// A saved query of `DescribeQueryDefinitions`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedQuery {
    pub(super) name: String,
    pub(super) query_string: String,
    #[serde(default)]
    pub(super) log_group_names: Vec<String>,
}

impl Account {
    /// Reads files, each with its path; `parameters` are those of templates. The second value has a sentence for each
    /// file that is none of them.
    pub(super) fn read<'a>(
        files: impl Iterator<Item = (&'a str, &'a str)>,
        parameters: &BTreeMap<String, String>,
    ) -> (Self, Vec<(String, String)>) {
        let mut account = Self::default();
        let mut inventory = Inventory::default();
        let mut refused = vec![];
        for (path, text) in files {
            let answer: Option<Value> = serde_json::from_str(text).ok();
            let taken = match &answer {
                Some(answer) => account.add(path, answer),
                None => Ok(false),
            };
            let read = match taken {
                Ok(true) => Ok(()),
                Ok(false) => inventory.add(path, text, parameters, &sources::nested),
                Err(reason) => Err(reason),
            };
            if let Err(reason) = read {
                refused.push((path.to_owned(), reason));
            }
        }
        account.alarms = inventory.alarms;
        account.notes.extend(inventory.notes);
        (account, refused)
    }

    /// Whether there is nothing to adopt.
    pub(super) fn is_empty(&self) -> bool {
        self.alarms.is_empty()
            && self.filters.is_empty()
            && self.dashboards.is_empty()
            && self.queries.is_empty()
    }

    /// Adds an answer that has no alarms; `false` if it is another file.
    fn add(&mut self, path: &str, answer: &Value) -> Result<bool, String> {
        if let Some(filters) = answer.get("metricFilters") {
            self.filters.extend(list::<MetricFilter>(filters)?);
        } else if let Some(queries) = answer.get("queryDefinitions") {
            self.queries.extend(list::<SavedQuery>(queries)?);
        } else if let Some(body) = answer.get("DashboardBody") {
            let text = body.as_str().unwrap_or_default();
            let body = serde_json::from_str(text)
                .map_err(|error| format!("its DashboardBody is no JSON: {error}"))?;
            let name = answer["DashboardName"].as_str().unwrap_or(path).to_owned();
            self.dashboards.push(Dashboard { name, body });
        } else {
            return Ok(false);
        }
        if answer.get("nextToken").is_some() {
            self.notes.push(format!(
                "{path}: there are more pages: the AWS CLI reads all of them, except with --no-paginate or --max-items"
            ));
        }
        Ok(true)
    }
}

fn list<T: serde::de::DeserializeOwned>(values: &Value) -> Result<Vec<T>, String> {
    serde_json::from_value(values.clone()).map_err(|error| error.to_string())
}
