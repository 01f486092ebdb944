//! The answers of Cost Explorer and AWS Budgets, in the JSON that AWS documents and that its tools record.

mod anomalies;
mod budgets;
mod forecast;
mod recording;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

pub use anomalies::{
    Anomaly, AnomalyImpact, AnomalyPage, AnomalyPeriod, RootCause, RootCauseImpact,
};
pub use budgets::{
    Budget, BudgetPage, CalculatedSpend, CostTypes, Filter, FilterValues, HealthStatus,
};
pub use forecast::{ForecastAnswer, ForecastResult};
pub use recording::{NotAnAnswer, Recording};

/// One page of an answer. Fields that the report does not need, such as boto3's `ResponseMetadata`, are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    /// The meaning of the groups' keys, in their order.
    #[serde(default, deserialize_with = "nullable")]
    pub group_definitions: Vec<GroupDefinition>,
    /// One result a period.
    pub results_by_time: Vec<ResultByTime>,
    /// Set where there is a further page.
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// The meaning of one key of a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupDefinition {
    /// `DIMENSION`, `TAG`, …; some tools record the key alone.
    #[serde(default, rename = "Type")]
    pub kind: Option<String>,
    /// `SERVICE`, `LINKED_ACCOUNT`, a tag's key, …
    pub key: String,
}

/// The cost of one period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultByTime {
    /// The period.
    pub time_period: TimePeriod,
    /// The sum by metric; empty where the answer is grouped.
    #[serde(default, deserialize_with = "nullable")]
    pub total: BTreeMap<String, MetricValue>,
    /// The groups that cost something: the answer is sparse.
    #[serde(default, deserialize_with = "nullable")]
    pub groups: Vec<Group>,
    /// Whether AWS may still change the amounts.
    #[serde(default)]
    pub estimated: bool,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimePeriod {
    /// Its first day, or hour where the granularity is hourly.
    pub start: String,
    /// The first day or hour after it.
    pub end: String,
}

/// One group's amounts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    /// One key a group definition.
    pub keys: Vec<String>,
    /// Amounts by metric.
    pub metrics: BTreeMap<String, MetricValue>,
}

/// An amount, which AWS writes as text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricValue {
    /// A decimal number.
    pub amount: String,
    /// The currency.
    #[serde(default)]
    pub unit: String,
}

impl Answer {
    /// The pages of `GetCostAndUsage` that a recording holds.
    pub fn read(recording: &[u8]) -> Result<Vec<Self>, NotAnAnswer> {
        Recording::read(recording).map(|recording| recording.costs)
    }
}

impl TimePeriod {
    /// The day, where the period is exactly one. The end is exclusive.
    pub fn day(&self) -> Option<Date> {
        let start: Date = self.start.parse().ok()?;
        let end: Date = self.end.parse().ok()?;
        (start.tomorrow().ok()? == end).then_some(start)
    }
}

/// A field that some tools record as null where it is empty.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const PAGE: &str =
        r#"{"ResultsByTime": [], "NextPageToken": "t", "ResponseMetadata": {"RetryAttempts": 0}}"#;

    #[test]
    fn a_recording_may_hold_one_page_a_list_or_several() {
        for (recording, pages) in [
            (PAGE.to_owned(), 1),
            (format!("[{PAGE}, {PAGE}]"), 2),
            (format!("{PAGE}\n{PAGE}\n"), 2),
            (String::new(), 0),
        ] {
            assert_eq!(Answer::read(recording.as_bytes()).unwrap().len(), pages);
        }
    }

    #[test]
    fn what_is_not_an_answer_is_refused() {
        for text in ["{}", "[1]", "null", "{", r#"{"ResultsByTime": 3}"#] {
            assert!(Answer::read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_a_period_whose_exclusive_end_is_the_next_day() {
        let day = |start: &str, end: &str| {
            TimePeriod {
                start: start.into(),
                end: end.into(),
            }
            .day()
        };
        assert_eq!(day("2026-11-30", "2026-12-01"), Some(date(2026, 11, 30)));
        assert_eq!(day("2026-11-01", "2026-12-01"), None);
        assert_eq!(day("2026-11-30", "2026-11-30"), None);
        assert_eq!(day("2026-11-30T00:00:00Z", "2026-11-30T01:00:00Z"), None);
    }
}
