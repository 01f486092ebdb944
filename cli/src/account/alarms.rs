//! Alarms and their history.

use aws_sdk_cloudwatch::{
    operation::get_alarm_mute_rule::GetAlarmMuteRuleOutput,
    primitives::DateTime,
    types::{
        AlarmMuteRuleStatus, AlarmType, CompositeAlarm, HistoryItemType, MetricAlarm, MuteTargets,
        Rule, Schedule,
    },
};
use aws_types::SdkConfig;
use jiff::Timestamp;
use picket_line::evaluator::properties;
use serde_json::{Value, json};

use super::{refusal, without_nulls};

/// The alarms of the account and Region (`cloudwatch:DescribeAlarms`). Without `AlarmTypes`, composite alarms are left out
/// ("`DescribeAlarms`" in the CloudWatch API Reference).
pub(crate) async fn alarms(aws: &SdkConfig) -> Result<Value, String> {
    let mut pages = aws_sdk_cloudwatch::Client::new(aws)
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .send();
    let (mut metric, mut composite) = (vec![], vec![]);
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal("the alarms cannot be read", &error))?;
        metric.extend(page.metric_alarms().iter().map(metric_alarm));
        composite.extend(page.composite_alarms().iter().map(composite_alarm));
    }
    Ok(json!({"MetricAlarms": metric, "CompositeAlarms": composite}))
}

/// The changes of state that CloudWatch keeps, 30 days (`cloudwatch:DescribeAlarmHistory`).
pub(crate) async fn alarm_history(aws: &SdkConfig) -> Result<Value, String> {
    let mut pages = aws_sdk_cloudwatch::Client::new(aws)
        .describe_alarm_history()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .history_item_type(HistoryItemType::StateUpdate)
        .into_paginator()
        .send();
    let mut items = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal("the alarms' history cannot be read", &error))?;
        items.extend(page.alarm_history_items().iter().map(|item| {
            json!({
                "AlarmName": item.alarm_name(),
                "Timestamp": item.timestamp().and_then(time),
                "HistoryData": item.history_data(),
            })
        }));
    }
    Ok(json!({"AlarmHistoryItems": items}))
}

/// The mute rules that are not over (`cloudwatch:ListAlarmMuteRules`, `cloudwatch:GetAlarmMuteRule`), as the answers of
/// `GetAlarmMuteRule`.
pub(crate) async fn mute_rules(aws: &SdkConfig) -> Result<Vec<Value>, String> {
    let client = aws_sdk_cloudwatch::Client::new(aws);
    let mut pages = client
        .list_alarm_mute_rules()
        .statuses(AlarmMuteRuleStatus::Active)
        .statuses(AlarmMuteRuleStatus::Scheduled)
        .into_paginator()
        .send();
    let mut rules = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal("the mute rules cannot be listed", &error))?;
        for summary in page.alarm_mute_rule_summaries() {
            // arn:aws:cloudwatch:eu-west-1:111122223333:alarm-mute-rule:name
            let arn = summary.alarm_mute_rule_arn().unwrap_or_default();
            let name = arn.split(":alarm-mute-rule:").nth(1).unwrap_or(arn);
            let rule = client.get_alarm_mute_rule().alarm_mute_rule_name(name);
            let rule = rule.send().await;
            let rule = rule.map_err(|error| {
                refusal(&format!("the mute rule {name} cannot be read"), &error)
            })?;
            rules.push(mute_rule(&rule));
        }
    }
    Ok(rules)
}

fn mute_rule(rule: &GetAlarmMuteRuleOutput) -> Value {
    let schedule = rule.rule().and_then(Rule::schedule);
    let targets = rule.mute_targets().map(MuteTargets::alarm_names);
    without_nulls(json!({
        "Name": rule.name(),
        "AlarmMuteRuleArn": rule.alarm_mute_rule_arn(),
        "Rule": {"Schedule": without_nulls(json!({
            "Expression": schedule.and_then(Schedule::expression),
            "Duration": schedule.and_then(Schedule::duration),
            "Timezone": schedule.and_then(Schedule::timezone),
        }))},
        "MuteTargets": {"AlarmNames": targets.unwrap_or_default()},
        "StartDate": rule.start_date().and_then(time),
        "ExpireDate": rule.expire_date().and_then(time),
    }))
}

fn metric_alarm(alarm: &MetricAlarm) -> Value {
    let mut all = properties(alarm);
    all["AlarmArn"] = json!(alarm.alarm_arn());
    all["ActionsEnabled"] = json!(alarm.actions_enabled());
    all["StateValue"] = json!(alarm.state_value().map(|state| state.as_str().to_owned()));
    all["StateReason"] = json!(alarm.state_reason());
    all["StateUpdatedTimestamp"] = json!(alarm.state_updated_timestamp().and_then(time));
    without_nulls(all)
}

fn composite_alarm(alarm: &CompositeAlarm) -> Value {
    without_nulls(json!({
        "AlarmName": alarm.alarm_name(),
        "AlarmArn": alarm.alarm_arn(),
        "AlarmDescription": alarm.alarm_description(),
        "AlarmRule": alarm.alarm_rule(),
        "ActionsEnabled": alarm.actions_enabled(),
        "AlarmActions": alarm.alarm_actions(),
        "OKActions": alarm.ok_actions(),
        "InsufficientDataActions": alarm.insufficient_data_actions(),
        "ActionsSuppressor": alarm.actions_suppressor(),
        "ActionsSuppressorWaitPeriod": alarm.actions_suppressor_wait_period(),
        "ActionsSuppressorExtensionPeriod": alarm.actions_suppressor_extension_period(),
        "StateValue": alarm.state_value().map(|state| state.as_str().to_owned()),
        "StateReason": alarm.state_reason(),
        "StateUpdatedTimestamp": alarm.state_updated_timestamp().and_then(time),
    }))
}

fn time(at: &DateTime) -> Option<String> {
    let at = Timestamp::from_millisecond(at.to_millis().ok()?).ok()?;
    Some(at.to_string())
}
