//! The alarm, from CloudWatch.

use aws_sdk_cloudwatch::types::{self, AlarmType, MetricAlarm};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};
use picket_shared::alarm::{Metric, State};

use super::Adapters;
use crate::{model::StoredAlarm, ports::ReadAlarm};

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

/// The alarm; `None` where the answer lacks its ARN, state or time, or a metric's name.
fn stored(alarm: &MetricAlarm) -> Option<StoredAlarm> {
    let changed_at = alarm
        .state_transitioned_timestamp()
        .or(alarm.state_updated_timestamp())?;
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
        changed_at: Timestamp::from_nanosecond(changed_at.as_nanos()).ok()?,
        metrics,
    })
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
