use serde_json::Value;

use super::{
    Alarm, NotAnAlarm, Watches, event,
    fields::{field, list, nested, number, required, state, text, timestamp},
    watches,
};

/// The body of an SNS message that CloudWatch wrote.
pub fn from_sns_message(body: &Value) -> Result<Alarm, NotAnAlarm> {
    let name = required(text(body, "AlarmName"), "AlarmName")?;
    let new_state = required(state(body, "NewStateValue"), "NewStateValue")?;
    let changed_at = required(timestamp(body, "StateChangeTime"), "StateChangeTime")?;
    let reason_data =
        nested(body, "NewStateReasonData").or_else(|| nested(body, "StateReasonData"));
    let place = event::place(
        name,
        text(body, "AlarmArn"),
        text(body, "AWSAccountId"),
        text(body, "Region"),
    );
    Ok(Alarm {
        name: place.name,
        arn: place.arn,
        account: place.account,
        region: place.region,
        partition: place.partition,
        description: text(body, "AlarmDescription"),
        state: new_state,
        previous_state: state(body, "OldStateValue"),
        changed_at,
        reason: text(body, "NewStateReason").unwrap_or_default(),
        watches: watched(body, reason_data.as_ref()),
        reason_data,
        actions_suppressed_by: text(body, "ActionsSuppressedBy"),
        muted_by: event::muted_by(body),
        contributor: event::contributed(
            text(body, "AlarmContributorId"),
            field(body, "AlarmContributorAttributes"),
        ),
        tags: event::tags(body),
    })
}

fn watched(body: &Value, reason_data: Option<&Value>) -> Watches {
    if let Some(rule) = text(body, "AlarmRule") {
        let children = match list(body, "TriggeringChildren") {
            [] => watches::triggering_alarms(reason_data),
            children => children,
        };
        return watches::composite(rule, children);
    }
    let Some(trigger) = field(body, "Trigger") else {
        return Watches::Unknown;
    };
    let comparison = watches::comparison(
        trigger,
        reason_data.and_then(|data| number(data, "threshold")),
    );
    match list(trigger, "Metrics") {
        [] => watches::of_trigger(trigger, comparison),
        queries => watches::of_queries(queries, comparison, text(trigger, "ThresholdMetricId")),
    }
}

#[cfg(test)]
mod tests;
