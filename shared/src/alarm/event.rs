//! The EventBridge event and the direct Lambda action: two envelopes around one inner shape.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Alarm, Contributor, NotAnAlarm, Watches, arn,
    fields::{field, list, nested, number, required, state, text, timestamp},
    watches,
};

/// The detail types of a change of state, of an alarm and of one of its contributors; `CloudWatch Alarm Configuration
/// Change` is another.
const STATE_CHANGES: [&str; 2] = [
    "CloudWatch Alarm State Change",
    "CloudWatch Alarm Contributor State Change",
];
/// The source of CloudWatch's own events; only AWS may use a name that begins with `aws.`.
const SOURCE: &str = "aws.cloudwatch";

/// An EventBridge event with detail type "CloudWatch Alarm State Change", or that of a contributor.
pub fn from_event_bridge(event: &Value) -> Result<Alarm, NotAnAlarm> {
    from_cloudwatch(event)?;
    match text(event, "detail-type") {
        Some(detail_type) if STATE_CHANGES.contains(&detail_type.as_str()) => {}
        Some(other) => return Err(NotAnAlarm(format!("its detail type is {other:?}"))),
        None => return Err(NotAnAlarm("it has no detail type".to_owned())),
    }
    let arn = list(event, "resources").first().and_then(Value::as_str);
    let detail = required(field(event, "detail"), "detail")?;
    read(event, detail, arn.map(str::to_owned), "account")
}

/// The event of an alarm's direct Lambda action.
pub fn from_direct_action(event: &Value) -> Result<Alarm, NotAnAlarm> {
    from_cloudwatch(event)?;
    let data = required(field(event, "alarmData"), "alarmData")?;
    read(event, data, text(event, "alarmArn"), "accountId")
}

fn from_cloudwatch(event: &Value) -> Result<(), NotAnAlarm> {
    match text(event, "source") {
        Some(source) if source == SOURCE => Ok(()),
        _ => Err(NotAnAlarm(format!("its source is not {SOURCE}"))),
    }
}

fn read(
    event: &Value,
    data: &Value,
    arn: Option<String>,
    account: &str,
) -> Result<Alarm, NotAnAlarm> {
    let now = required(field(data, "state"), "state")?;
    let new_state = required(state(now, "value"), "state.value")?;
    let changed_at = timestamp(now, "timestamp").or_else(|| timestamp(event, "time"));
    let name = required(text(data, "alarmName"), "alarmName")?;
    let place = place(name, arn, text(event, account), text(event, "region"));
    let configuration = field(data, "configuration").unwrap_or(&Value::Null);
    let reason_data = nested(now, "reasonData");
    Ok(Alarm {
        name: place.name,
        arn: place.arn,
        account: place.account,
        region: place.region,
        partition: place.partition,
        description: text(configuration, "description"),
        state: new_state,
        previous_state: field(data, "previousState").and_then(|previous| state(previous, "value")),
        changed_at: required(changed_at, "state.timestamp")?,
        reason: text(now, "reason").unwrap_or_default(),
        watches: watched(configuration, reason_data.as_ref()),
        reason_data,
        actions_suppressed_by: text(now, "actionsSuppressedBy"),
        muted_by: muted_by(data),
        contributor: field(data, "alarmContributor").and_then(|contributor| {
            contributed(text(contributor, "id"), field(contributor, "attributes"))
        }),
        tags: tags(data).or_else(|| tags(event)),
    })
}

fn watched(configuration: &Value, reason_data: Option<&Value>) -> Watches {
    if let Some(rule) = text(configuration, "alarmRule") {
        return watches::composite(rule, watches::triggering_alarms(reason_data));
    }
    let threshold = reason_data.and_then(|data| number(data, "threshold"));
    let comparison = watches::comparison(configuration, threshold);
    let band = text(configuration, "thresholdMetricId");
    watches::of_queries(list(configuration, "metrics"), comparison, band)
}

/// The mute rule that holds the actions back.
pub(super) fn muted_by(data: &Value) -> Option<String> {
    text(field(data, "muteDetail")?, "mutedByArn")
}

/// The contributor of this id.
pub(super) fn contributed(id: Option<String>, attributes: Option<&Value>) -> Option<Contributor> {
    let attributes = attributes.and_then(Value::as_object);
    let pairs = attributes.into_iter().flatten();
    Some(Contributor {
        id: id?,
        attributes: pairs
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
    })
}

/// The account, region and name of an alarm.
pub(super) struct AlarmIdentity {
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) partition: String,
    pub(super) name: String,
}

/// Reads account, region and name: from the ARN, or else from the other fields. A message that has an ARN has no other
/// name: the ARN is what its changes share.
pub(super) fn place(
    name: String,
    arn: Option<String>,
    account: Option<String>,
    region: Option<String>,
) -> AlarmIdentity {
    let arn = arn.unwrap_or_default();
    if let Some(parts) = arn::parts(&arn) {
        return AlarmIdentity {
            account: parts.account.to_owned(),
            region: parts.region.to_owned(),
            partition: parts.partition.to_owned(),
            name: parts.name.to_owned(),
            arn,
        };
    }
    AlarmIdentity {
        arn: String::new(),
        account: account.unwrap_or_default(),
        region: region.unwrap_or_default(),
        partition: "aws".to_owned(),
        name,
    }
}

/// Reads tags, where the message reports that they could be read: a status other than `SUCCESS` means that some may be
/// missing. They are an object in the documentation's example; the list form of the tagging APIs is read too.
pub(super) fn tags(value: &Value) -> Option<BTreeMap<String, String>> {
    if text(value, "alarmTagsStatus")? != "SUCCESS" {
        return None;
    }
    let tags = match field(value, "alarmTags") {
        Some(Value::Object(map)) => map
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|tag| Some((text(tag, "key")?, text(tag, "value").unwrap_or_default())))
            .collect(),
        _ => BTreeMap::new(),
    };
    Some(tags)
}

#[cfg(test)]
mod tests;
