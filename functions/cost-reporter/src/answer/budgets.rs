//! The answers of AWS Budgets to `DescribeBudgets`.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{MetricValue, nullable};

/// A page of budgets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BudgetPage {
    /// The budgets.
    #[serde(default, deserialize_with = "nullable")]
    pub budgets: Vec<Budget>,
    /// Set where there is a further page.
    #[serde(default)]
    pub next_token: Option<String>,
}

/// A budget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Budget {
    /// Its name.
    pub budget_name: String,
    /// `COST`, `USAGE`, or a utilization or coverage of reservations or Savings Plans.
    pub budget_type: String,
    /// The length of its period.
    pub time_unit: String,
    /// The limit of the current period.
    #[serde(default)]
    pub budget_limit: Option<MetricValue>,
    /// What AWS counted and forecasts.
    #[serde(default)]
    pub calculated_spend: Option<CalculatedSpend>,
    /// The filter of a budget that was created with one by dimension.
    #[serde(default, deserialize_with = "nullable")]
    pub cost_filters: BTreeMap<String, Vec<String>>,
    /// The charges of a budget that was created with a choice of them.
    #[serde(default)]
    pub cost_types: Option<CostTypes>,
    /// The filter of a budget that was created with an expression. AWS leaves it out unless the request wants it.
    #[serde(default)]
    pub filter_expression: Option<Filter>,
    /// How the costs of a budget with an expression are aggregated, such as `UnblendedCost`.
    #[serde(default, deserialize_with = "nullable")]
    pub metrics: Vec<String>,
    /// The billing view that it counts.
    #[serde(default)]
    pub billing_view_arn: Option<String>,
    /// Whether AWS can update it.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
    /// The day (UTC) on which a person changed it.
    #[serde(default, rename = "LastUpdatedTime", deserialize_with = "day")]
    pub last_updated: Option<Date>,
}

/// The amounts of a budget's period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CalculatedSpend {
    /// So far.
    #[serde(default)]
    pub actual_spend: Option<MetricValue>,
    /// Of the whole period.
    #[serde(default)]
    pub forecasted_spend: Option<MetricValue>,
}

/// The charges that a budget counts. AWS has more of them; only credits hide what was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CostTypes {
    /// Whether it counts credits; AWS's default is true.
    #[serde(default)]
    pub include_credit: Option<bool>,
}

/// An expression of Cost Explorer's grammar, which has one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Filter {
    /// Any of these.
    #[serde(deserialize_with = "nullable")]
    pub or: Vec<Self>,
    /// All of these.
    #[serde(deserialize_with = "nullable")]
    pub and: Vec<Self>,
    /// Anything but this.
    pub not: Option<Box<Self>>,
    /// Values of a dimension.
    pub dimensions: Option<FilterValues>,
    /// Values of a tag.
    pub tags: Option<FilterValues>,
    /// Values of a cost category.
    pub cost_categories: Option<FilterValues>,
}

/// Values that a filter takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FilterValues {
    /// The dimension, tag or cost category.
    pub key: Option<String>,
    /// The values.
    #[serde(deserialize_with = "nullable")]
    pub values: Vec<String>,
    /// How they match, where they need not be equal.
    #[serde(deserialize_with = "nullable")]
    pub match_options: Vec<String>,
}

/// Whether AWS can update a budget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthStatus {
    /// `HEALTHY` or `UNHEALTHY`.
    pub status: Option<String>,
    /// Why not.
    pub status_reason: Option<String>,
}

/// A time as the API writes it, in seconds, or as its tools do, in text. One that is neither is left out.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let at = match Value::deserialize(deserializer)? {
        Value::String(text) => text.parse().ok(),
        Value::Number(seconds) => {
            let seconds = seconds.to_string();
            let whole = seconds
                .split('.')
                .next()
                .and_then(|whole| whole.parse().ok());
            whole.and_then(|whole| Timestamp::from_second(whole).ok())
        }
        _ => None,
    };
    Ok(at.map(|at: Timestamp| at.to_zoned(TimeZone::UTC).date()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_budget_is_read_as_the_api_and_as_its_tools_write_it() {
        for (at, expected) in [
            (json!(1_763_596_800), Some(date(2025, 11, 20))),
            (json!(1_763_596_799.5), Some(date(2025, 11, 19))),
            (
                json!("2025-11-19T23:59:59.5-01:00"),
                Some(date(2025, 11, 20)),
            ),
            (json!("yesterday"), None),
            (json!(null), None),
        ] {
            let budget = json!({"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY",
                "CostFilters": null, "LastUpdatedTime": at, "TimePeriod": {"Start": 1, "End": 2}});
            let page: BudgetPage = serde_json::from_value(json!({"Budgets": [budget]})).unwrap();
            assert_eq!(page.budgets[0].last_updated, expected, "{at}");
        }
    }
}
