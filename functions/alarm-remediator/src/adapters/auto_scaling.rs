//! Whether Application Auto Scaling manages a resource, which the alarms of its target tracking show.

use aws_sdk_cloudwatch::{Client, types::AlarmType};
use picket_aws::{Fault, fault::Resource};

/// Whether there is an alarm of target tracking on a resource, such as `table/orders` or `service/prod/checkout`.
pub(super) async fn is_scaled(cloudwatch: &Client, resource: &str) -> Result<bool, Fault> {
    let prefix = format!("TargetTracking-{resource}-AlarmHigh-");
    let alarms = Resource::new("alarms", prefix.as_str(), "");
    let answer = cloudwatch
        .describe_alarms()
        .alarm_name_prefix(&prefix)
        .alarm_types(AlarmType::MetricAlarm)
        .send()
        .await
        .map_err(|error| Fault::of(&alarms, "read", error))?;
    Ok(!answer.metric_alarms().is_empty())
}
