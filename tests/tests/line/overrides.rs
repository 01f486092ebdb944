//! Rules put into the override bucket, in force and then broken.

use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Datapoint, Dimension, Metric, Statistic},
};
use picket_aws::stream::{OutgoingRecord, Stream, put_all};
use picket_line::line::{Line, OVERRIDES};
use picket_rules::{metrics, overrides};
use picket_shared::clock::{Clock, SystemClock};

use crate::Outcome;

const WORKLOAD: &str = "scheduling-agent";
const NAMESPACE: &str = "SchedulingAgent";
/// A rule more, for an event that the built-in ones leave alone.
const NIGHT: &str = r#"
  - FilterPattern: '{ $.event = "night_shift" }'
    MetricTransformations:
      - { MetricNamespace: SchedulingAgent, MetricName: NightShifts, MetricValue: 1 }
"#;
/// Ticks until a metric must be there.
const MOST_TICKS: u32 = 60;
const POLL_EVERY: Duration = Duration::from_millis(200);

/// What was put counts; once broken, the built-in rules do, and the publisher says so.
pub(crate) async fn in_force_and_broken(line: &Line) -> Outcome {
    let key = format!("{}/{}", line.stack(), overrides::of_workload(WORKLOAD));
    let built_in = metrics::BUILT_IN
        .iter()
        .find(|(file, _)| file.contains(WORKLOAD))
        .context("the workload is built in")?
        .1;
    put(line, &key, &format!("{}{NIGHT}", built_in.trim_end())).await?;
    start_anew(line, Some("in force")).await?;
    send(line, r#"{"event":"night_shift"}"#).await?;
    let counted = appears(line, "NightShifts", None).await;

    put(line, &key, "Workload: scheduling-agent\nRulez: []\n").await?;
    start_anew(line, Some("broken")).await?;
    send(
        line,
        r#"{"event":"message","channel":"by-the-built-in-rules"}"#,
    )
    .await?;
    let served = appears(line, "Messages", Some("by-the-built-in-rules")).await;
    let refused = refused(line).await;

    let (s3, delete) = (line.clients.s3(), &key);
    s3.delete_object()
        .bucket(OVERRIDES)
        .key(delete)
        .send()
        .await?;
    start_anew(line, None).await?;
    counted.context("the rule that was put does not count")?;
    served.context("the built-in rules do not count in place of the broken ones")?;
    ensure!(
        refused? >= 1.0,
        "OverridesRefused does not say that an object is broken"
    );
    Ok(())
}

async fn put(line: &Line, key: &str, text: &str) -> Outcome {
    let body = text.as_bytes().to_vec().into();
    let put = line.clients.s3().put_object().bucket(OVERRIDES).key(key);
    put.body(body).send().await?;
    Ok(())
}

/// New sandboxes look at once; old ones would look within half a minute.
async fn start_anew(line: &Line, why: Option<&str>) -> Outcome {
    for function in ["EventProcessor", "MetricsPublisher"] {
        line.set_variable(function, "STARTED_ANEW", why).await?;
    }
    Ok(())
}

async fn send(line: &Line, event: &str) -> Outcome {
    let stream = Stream::new(line.clients.kinesis(), line.outputs.get("EventStream")?);
    let record = OutgoingRecord {
        key: "one-shard".into(),
        data: event.into(),
    };
    let marks = put_all(&stream, &[record], &SystemClock, |_| ()).await?;
    line.drained(&marks).await;
    Ok(())
}

/// Waits for a metric of the workload, with this dimension's value where one is named.
async fn appears(line: &Line, metric: &str, value: Option<&str>) -> Outcome {
    for _ in 0..MOST_TICKS {
        line.tick().await?;
        let listed = line.clients.cloudwatch().list_metrics();
        let listed = listed
            .namespace(NAMESPACE)
            .metric_name(metric)
            .send()
            .await?;
        let mut dimensions = listed.metrics().iter().flat_map(Metric::dimensions);
        let is_there = match value {
            Some(value) => dimensions.any(|dimension| dimension.value() == Some(value)),
            None => !listed.metrics().is_empty(),
        };
        if is_there {
            return Ok(());
        }
        SystemClock.sleep(POLL_EVERY).await;
    }
    anyhow::bail!("{metric} did not appear in {MOST_TICKS} ticks")
}

/// The most that `OverridesRefused` was in the last ten minutes.
async fn refused(line: &Line) -> anyhow::Result<f64> {
    let now = SystemClock.now().as_second();
    let stack = Dimension::builder()
        .name("Stack")
        .value(line.stack())
        .build();
    let statistics = line.clients.cloudwatch().get_metric_statistics();
    let answer = statistics
        .namespace("Picket")
        .metric_name("OverridesRefused")
        .dimensions(stack)
        .statistics(Statistic::Maximum)
        .period(60)
        .start_time(DateTime::from_secs(now - 600))
        .end_time(DateTime::from_secs(now + 60))
        .send()
        .await?;
    let most = answer.datapoints().iter().filter_map(Datapoint::maximum);
    Ok(most.fold(0.0, f64::max))
}
