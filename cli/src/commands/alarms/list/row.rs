//! An alarm as a row of a list.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_alarms::{
    Definition, Input, cases::Subject, composite::Composite, inventory::Entry, mute::MuteRule,
    price::Price,
};
use picket_shared::report::ErrorChain;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

/// An alarm. What its kind does not have is left out.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) file: String,
    pub(super) id: String,
    pub(super) name: String,
    /// Why it cannot be read; then only its name, actions and runbook are here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(flatten)]
    pub(super) kind: Option<Kind>,
    pub(super) actions_enabled: bool,
    pub(super) alarm_actions: Vec<String>,
    pub(super) ok_actions: Vec<String>,
    pub(super) insufficient_data_actions: Vec<String>,
    /// The address after `Runbook:` in the description, or the tag `runbook`.
    pub(super) runbook: Option<String>,
    /// Dollars a month; null where they depend on the account.
    pub(super) monthly_usd: Option<Decimal>,
    /// Dollars a month for each metric that its Metrics Insights query analyses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) monthly_usd_per_analysed_metric: Option<Decimal>,
    /// The rules that mute it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mute_rules: Vec<Mute>,
    /// The parameters without a value that it depends on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters_without_value: Vec<String>,
}

/// A mute rule.
#[derive(Debug, Serialize)]
pub(super) struct Mute {
    pub(super) name: String,
    /// As in `cron(0 2 * * *) for PT4H in UTC`.
    pub(super) schedule: String,
    /// Null where it does not mute now.
    pub(super) muted_until: Option<Timestamp>,
}

/// What an alarm evaluates.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Kind {
    Metric(Metric),
    Composite {
        rule: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        suppressor: Option<String>,
    },
}

/// What a metric alarm evaluates.
#[derive(Debug, Serialize)]
pub(super) struct Metric {
    pub(super) metrics: Vec<Watched>,
    /// Metric math and Metrics Insights queries: id and text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) expressions: Vec<(String, String)>,
    /// The labels of its contributors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contributors_by: Option<Vec<String>>,
    /// The id of the one that is compared.
    pub(super) compared: String,
    pub(super) comparison: &'static str,
    /// Null where it is an anomaly band.
    pub(super) threshold: Option<f64>,
    pub(super) period: u32,
    pub(super) evaluation_periods: u32,
    pub(super) datapoints_to_alarm: u32,
    pub(super) missing_data: &'static str,
}

/// A metric.
#[derive(Debug, Serialize)]
pub(super) struct Watched {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) metric_name: String,
    pub(super) dimensions: BTreeMap<String, String>,
    pub(super) statistic: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
}

impl Row {
    pub(super) fn of<'a>(
        entry: &Entry,
        mutes: impl Iterator<Item = &'a MuteRule>,
        now: Timestamp,
    ) -> Self {
        let price = entry.subject.as_ref().ok().map(Price::of);
        let (kind, actions_enabled, error) = match &entry.subject {
            Ok(Subject::Metric(definition)) => {
                let kind = Kind::Metric(Metric::of(definition));
                (Some(kind), definition.actions_enabled, None)
            }
            Ok(Subject::Composite(composite)) => {
                let kind = composite_kind(composite, &entry.properties);
                (Some(kind), composite.actions_enabled, None)
            }
            Err(error) => (None, true, Some(ErrorChain(error).to_string())),
        };
        Self {
            file: entry.file.clone(),
            id: entry.id.clone(),
            name: entry.name().to_owned(),
            error,
            kind,
            actions_enabled,
            alarm_actions: texts(&entry.properties["AlarmActions"]),
            ok_actions: texts(&entry.properties["OKActions"]),
            insufficient_data_actions: texts(&entry.properties["InsufficientDataActions"]),
            runbook: runbook(&entry.properties),
            monthly_usd: price.and_then(Price::monthly),
            monthly_usd_per_analysed_metric: match price {
                Some(Price::PerAnalysedMetric(dollars)) => Some(dollars),
                _ => None,
            },
            mute_rules: mutes.map(|rule| Mute::of(rule, now)).collect(),
            parameters_without_value: entry.open.iter().cloned().collect(),
        }
    }
}

impl Mute {
    fn of(rule: &MuteRule, now: Timestamp) -> Self {
        Self {
            name: rule.name.clone(),
            schedule: rule.schedule.as_str().to_owned(),
            muted_until: rule.until(now),
        }
    }
}

impl Metric {
    fn of(definition: &Definition) -> Self {
        let expressions = definition.expressions().into_iter();
        Self {
            metrics: definition.inputs().iter().map(Watched::of).collect(),
            expressions: expressions
                .map(|(id, text)| (id.to_owned(), text.to_owned()))
                .collect(),
            contributors_by: definition.contributors_by().map(<[String]>::to_vec),
            compared: definition.returned().to_owned(),
            comparison: definition.comparison.as_str(),
            threshold: definition.threshold.value(),
            period: definition.period,
            evaluation_periods: definition.evaluation_periods,
            datapoints_to_alarm: definition.datapoints_to_alarm,
            missing_data: definition.missing_data.as_str(),
        }
    }
}

impl Watched {
    fn of(input: &Input) -> Self {
        Self {
            id: input.id.clone(),
            namespace: input.namespace.clone(),
            metric_name: input.metric_name.clone(),
            dimensions: input.dimensions.iter().cloned().collect(),
            statistic: input.statistic.to_string(),
            unit: input.unit.clone(),
            account: input.account.clone(),
        }
    }
}

fn composite_kind(composite: &Composite, properties: &Value) -> Kind {
    let suppressor = composite.suppressor.as_ref();
    Kind::Composite {
        rule: properties["AlarmRule"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        suppressor: suppressor.map(|suppressor| suppressor.alarm.clone()),
    }
}

fn texts(list: &Value) -> Vec<String> {
    let text = |item: &Value| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    };
    list.as_array().into_iter().flatten().map(text).collect()
}

/// `Runbook: https://…` in a description, or a tag with the key `runbook`.
pub(crate) fn runbook(properties: &Value) -> Option<String> {
    let description = properties["AlarmDescription"].as_str();
    let named = description.and_then(|text| {
        let at = text.to_ascii_lowercase().rfind("runbook:")?;
        text[at + "runbook:".len()..].split_whitespace().next()
    });
    let mut tags = properties["Tags"].as_array().into_iter().flatten();
    let is_runbook = |key: &str| key.eq_ignore_ascii_case("runbook");
    let tag = tags.find(|tag| tag["Key"].as_str().is_some_and(is_runbook));
    named
        .or_else(|| tag.and_then(|tag| tag["Value"].as_str()))
        .map(str::to_owned)
}
