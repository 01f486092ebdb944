//! The alarm, from CloudWatch.

use aws_sdk_cloudwatch::{
    error::{ProvideErrorMetadata, SdkError},
    operation::list_alarm_mute_rules::ListAlarmMuteRulesError,
    primitives::DateTime,
    types::{self, AlarmMuteRuleStatus, AlarmType, MetricAlarm},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};
use picket_shared::alarm::{Metric, Rule, State, name_in_arn};

use super::Adapters;
use crate::{
    model::{StoredAlarm, StoredComposite},
    ports::{ReadAlarm, ReadComposite, ReadMutes},
};

impl ReadAlarm for Adapters {
    async fn alarm(&self, name: &str) -> Result<Option<StoredAlarm>, Fault> {
        let resource = Resource::new("alarm", name, "");
        // A name is an alarm's in one account and region, so the answer is one page.
        let answer = self
            .cloudwatch
            .describe_alarms()
            .alarm_names(name)
            .alarm_types(AlarmType::MetricAlarm)
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "read", error))?;
        answer
            .metric_alarms()
            .iter()
            .find(|alarm| alarm.alarm_name() == Some(name))
            .map(|alarm| {
                stored(alarm).ok_or_else(|| {
                    Fault::permanent(format!(
                        "CloudWatch's answer about the alarm {name} is not whole"
                    ))
                })
            })
            .transpose()
    }
}

impl ReadComposite for Adapters {
    async fn composite(&self, name: &str) -> Result<Option<StoredComposite>, Fault> {
        let resource = Resource::new("composite alarm", name, "");
        let answer = self
            .cloudwatch
            .describe_alarms()
            .alarm_names(name)
            .alarm_types(AlarmType::CompositeAlarm)
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "read", error))?;
        let alarms = answer.composite_alarms();
        let Some(found) = alarms.iter().find(|alarm| alarm.alarm_name() == Some(name)) else {
            return Ok(None);
        };
        let state = found.state_value().map(|state| state.as_str().parse());
        let changed_at = changed_at(
            found.state_transitioned_timestamp(),
            found.state_updated_timestamp(),
        );
        let (Some(Ok(state)), Some(changed_at), Some(rule)) =
            (state, changed_at, found.alarm_rule())
        else {
            let reason = format!("CloudWatch's answer about the alarm {name} is not whole");
            return Err(Fault::permanent(reason));
        };
        let rule = rule.parse::<Rule>().map_err(|error| {
            let reason = format!("the rule of the composite alarm {name} cannot be read");
            Fault::permanent(reason).because(error)
        })?;
        let children = rule_names(&rule);
        let suppressed_by = found.actions_suppressed_by();
        Ok(Some(StoredComposite {
            state,
            changed_at,
            suppressed_by: suppressed_by.map(|by| by.as_str().to_owned()),
            children,
        }))
    }
}

/// The names of the alarms that raise a rule, each once. A rule names them by name or by ARN.
fn rule_names(rule: &Rule) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for child in rule.raised_by() {
        let name = name_in_arn(child).unwrap_or(child);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

impl ReadMutes for Adapters {
    async fn mutes(&self, alarm: &str) -> Result<Vec<String>, Fault> {
        let resource = Resource::new("mute rules of the alarm", alarm, "");
        let answer = self
            .cloudwatch
            .list_alarm_mute_rules()
            .alarm_name(alarm)
            .statuses(AlarmMuteRuleStatus::Active)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(answer
                .alarm_mute_rule_summaries()
                .iter()
                .map(|rule| rule.alarm_mute_rule_arn().unwrap_or("a rule").to_owned())
                .collect()),
            // Where CloudWatch does not know the operation, as in partitions that get features late, there are no rules.
            Err(error) if is_unknown_operation(&error) => Ok(Vec::new()),
            Err(error) => Err(Fault::of(&resource, "read", error)),
        }
    }
}

/// The codes of the common errors for an operation that does not exist.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html>
const UNKNOWN_OPERATION: [&str; 3] = [
    "InvalidAction",
    "UnknownOperationException",
    "UnknownOperation",
];

fn is_unknown_operation(error: &SdkError<ListAlarmMuteRulesError>) -> bool {
    error
        .code()
        .is_some_and(|code| UNKNOWN_OPERATION.contains(&code))
}

/// The alarm; `None` where the answer lacks its ARN, state or time, or a metric's name.
fn stored(alarm: &MetricAlarm) -> Option<StoredAlarm> {
    let changed_at = changed_at(
        alarm.state_transitioned_timestamp(),
        alarm.state_updated_timestamp(),
    )?;
    let metrics = if alarm.metrics().is_empty() {
        vec![metric(
            alarm.namespace(),
            alarm.metric_name(),
            alarm.dimensions(),
            None,
        )?]
    } else {
        alarm
            .metrics()
            .iter()
            .filter_map(|query| Some((query.metric_stat()?.metric()?, query.account_id())))
            .map(|(found, account)| {
                metric(
                    found.namespace(),
                    found.metric_name(),
                    found.dimensions(),
                    account,
                )
            })
            .collect::<Option<_>>()?
    };
    Some(StoredAlarm {
        arn: alarm.alarm_arn()?.to_owned(),
        state: alarm.state_value()?.as_str().parse::<State>().ok()?,
        changed_at,
        metrics,
    })
}

/// When an alarm changed its state: an update may leave the state as it was.
fn changed_at(transitioned: Option<&DateTime>, updated: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_nanosecond(transitioned.or(updated)?.as_nanos()).ok()
}

fn metric(
    namespace: Option<&str>,
    name: Option<&str>,
    dimensions: &[types::Dimension],
    account: Option<&str>,
) -> Option<Metric> {
    let dimension = |dimension: &types::Dimension| {
        Some((dimension.name()?.to_owned(), dimension.value()?.to_owned()))
    };
    Some(Metric {
        id: None,
        account: account.map(str::to_owned),
        namespace: namespace?.to_owned(),
        name: name?.to_owned(),
        dimensions: dimensions.iter().map(dimension).collect::<Option<_>>()?,
        statistic: None,
        period: None,
        unit: None,
    })
}
