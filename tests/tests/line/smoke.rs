//! What everything else stands on.

use anyhow::ensure;
use aws_sdk_cloudwatch::types::MetricDatum;
use picket_line::{journal::LineEvent, line::Line};

use crate::Outcome;

/// The SDK speaks CBOR; an emulator without its library answers 200 and drops the metrics.
pub(crate) async fn metric(line: &Line) -> Outcome {
    let cloudwatch = line.clients.cloudwatch();
    let datum = MetricDatum::builder()
        .metric_name("Smoke")
        .values(1.5)
        .counts(2.0)
        .build();
    cloudwatch
        .put_metric_data()
        .namespace("Picket/Test")
        .metric_data(datum)
        .send()
        .await?;
    let listed = cloudwatch
        .list_metrics()
        .namespace("Picket/Test")
        .send()
        .await?;
    ensure!(
        listed
            .metrics()
            .iter()
            .any(|metric| metric.metric_name() == Some("Smoke")),
        "it is not"
    );
    Ok(())
}

/// Slack answers 500 once; Lambda tries the invocation again, and the message arrives.
pub(crate) async fn failing_webhook(line: &Line) -> Outcome {
    let from = line.journal.len();
    line.slack.fail_next(&[500]);
    let topic = line.outputs.get("WarningTopic")?;
    line.clients
        .sns()
        .publish()
        .topic_arn(topic)
        .message("the tide is out")
        .send()
        .await?;
    let trouble =
        |event: &LineEvent| matches!(event, LineEvent::Trouble { status: 500 }).then_some(());
    let tide = |event: &LineEvent| match event {
        LineEvent::Slack {
            payload, answer, ..
        }
        | LineEvent::Message {
            payload, answer, ..
        } if answer == "ok" => payload
            .to_string()
            .contains("the tide is out")
            .then_some(()),
        _ => None,
    };
    line.journal.wait_for(from, trouble).await;
    line.journal.wait_for(from, tide).await;
    Ok(())
}
