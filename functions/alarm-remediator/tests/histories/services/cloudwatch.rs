//! CloudWatch: alarms, mute rules and metrics.

use alarm_remediator::{
    StoredAlarm,
    model::StoredComposite,
    ports::{ReadAlarm, ReadComposite, ReadMutes},
    reads::{MetricQuery, ReadMetrics},
};
use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::alarm::Metric;

use super::{Services, arn, streams::shards};
use crate::{
    kinds::{Kind, number_in},
    world::{What, World, time},
};

impl ReadAlarm for Services {
    async fn alarm(&self, name: &str) -> Result<Option<StoredAlarm>, Fault> {
        let mut world = self.call("DescribeAlarms").await?;
        let Some(number) = world.alarm_number(name) else {
            return Ok(None);
        };
        world.log(What::Looked(number));
        let alarm = &world.alarms[number];
        let (namespace, metric, dimensions) = world.kind(alarm.resource).metric(alarm.resource);
        let dimensions = dimensions.into_iter();
        let metric = Metric {
            id: None,
            account: None,
            namespace: namespace.into(),
            name: metric.into(),
            dimensions: dimensions
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            statistic: None,
            period: None,
            unit: None,
        };
        Ok(Some(StoredAlarm {
            arn: arn("123456789012", &alarm.name),
            state: world.state(number),
            changed_at: time(alarm.changed_at),
            metrics: vec![metric],
        }))
    }
}

impl ReadComposite for Services {
    async fn composite(&self, _: &str) -> Result<Option<StoredComposite>, Fault> {
        Ok(None)
    }
}

impl ReadMutes for Services {
    async fn mutes(&self, alarm: &str) -> Result<Vec<String>, Fault> {
        let world = self.call("ListAlarmMuteRules").await?;
        let muted = world
            .alarm_number(alarm)
            .is_some_and(|number| world.alarms[number].muted);
        let rule = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:night";
        Ok(muted.then(|| rule.to_owned()).into_iter().collect())
    }
}

impl ReadMetrics for Services {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        _: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let world = self.call("GetMetricData").await?;
        let to = to.as_second();
        Ok(queries
            .iter()
            .map(|query| values(&world, query, to))
            .collect())
    }
}

/// The values of a metric in the window that ends at `to`.
fn values(world: &World, query: &MetricQuery, to: i64) -> Vec<f64> {
    let mut dimensions = query.dimensions.iter();
    let Some(number) = dimensions.find_map(|(_, value)| number_in(value)) else {
        // The account's concurrency; its provisioned throughput has no data.
        return if query.namespace == "AWS/Lambda" {
            vec![200.0]
        } else {
            Vec::new()
        };
    };
    let resource = &world.resources[number];
    let (troubled, fits) = (world.troubled(number), resource.fits);
    let is_cause = troubled && fits;
    let some = |value: f64, shown: bool| if shown { vec![value] } else { Vec::new() };
    match (resource.kind, query.name) {
        (Kind::Reservation, "Throttles") => some(7.0, troubled),
        (Kind::Reservation, _) if is_cause => vec![whole(resource.value)],
        (Kind::Reservation, _) => vec![1.0],
        (Kind::Ceiling, "WriteMaxOnDemandThroughputThrottleEvents")
        | (Kind::Capacity | Kind::Mode, "WriteProvisionedThroughputThrottleEvents") => {
            some(7.0, is_cause)
        }
        (Kind::Ceiling | Kind::Capacity | Kind::Mode, "WriteKeyRangeThroughputThrottleEvents") => {
            some(9.0, troubled && !fits)
        }
        // Half of the invocations must fail.
        (Kind::Mapping, "Errors") if is_cause => vec![40.0],
        (Kind::Mapping, "Errors") => some(2.0, troubled),
        (Kind::Mapping | Kind::Parallelization, "Invocations") => vec![50.0],
        (Kind::Alias, "Errors") if to <= resource.deployed[&resource.value] => some(60.0, !fits),
        (Kind::Alias, "Errors") => some(60.0, troubled),
        (Kind::Alias, "Invocations") => vec![100.0],
        (Kind::Parallelization, "IteratorAge") if is_cause => vec![1_000.0, 90_000.0],
        (Kind::Parallelization, "IteratorAge") => vec![90_000.0, 1_000.0],
        (Kind::Parallelization, "ConcurrentExecutions") => vec![2.0],
        (Kind::Stop, "Invocations") => some(50.0, is_cause),
        (Kind::Shards | Kind::StreamMode, "WriteProvisionedThroughputExceeded") => {
            some(7.0, troubled)
        }
        // Where the shards are not full together, a few keys are hot.
        (Kind::Shards | Kind::StreamMode, "IncomingBytes") if is_cause => {
            vec![whole(shards(resource)) * SHARD]
        }
        (Kind::Tasks, "CPUUtilization") if is_cause => vec![90.0],
        (Kind::Tasks, _) => vec![10.0],
        // The consumer fails, and messages arrive.
        (Kind::Redrive, "Errors") => some(3.0, !fits),
        (Kind::Redrive, "Invocations") => vec![40.0],
        (Kind::Redrive, "ApproximateNumberOfMessagesVisible") if fits => vec![7.0, 7.0],
        (Kind::Redrive, "ApproximateNumberOfMessagesVisible") => vec![6.0, 9.0],
        _ => Vec::new(),
    }
}

/// What a shard takes in a minute, in bytes.
const SHARD: f64 = 60.0 * 1_048_576.0;

fn whole(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}
