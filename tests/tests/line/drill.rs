//! `picket drill` against the deployed stack: every alarm arrives at each of its sinks and clears, and not where a
//! subscription is gone.

use std::process::ExitStatus;

use anyhow::{Context, Result, ensure};
use picket_line::{
    checkout::Checkout,
    emulator::{REGION, ROOT_KEY},
    line::Line,
};
use serde_json::Value;
use tokio::process::Command;

use crate::Outcome;

/// Every alarm passes, or says why it was not drilled.
pub(crate) async fn green(line: &Line) -> Outcome {
    // A subscriber of the fallback topic, as FallbackEmail is on AWS.
    let fallback = line.outputs.get("FallbackTopic")?;
    let inbox = format!("arn:aws:sqs:{REGION}:000000000000:fallback-inbox");
    let subscribe = line.clients.sns().subscribe().topic_arn(fallback);
    subscribe.protocol("sqs").endpoint(inbox).send().await?;
    let (status, lines) = drill(line, &["--at-once", "10", "--within", "60s"]).await?;
    let failed: Vec<&Value> = lines
        .iter()
        .filter(|line| line["verdict"] == "failed")
        .collect();
    ensure!(status.success(), "{status}: {failed:#?}");
    let summary = lines.last().context("there is no summary")?;
    let passed = summary["passed"].as_u64().unwrap_or_default();
    let alarms = u64::try_from(lines.len() - 1)?;
    let skipped: Vec<&Value> = lines
        .iter()
        .filter(|line| line["verdict"] == "skipped")
        .collect();
    ensure!(
        passed > 40 && passed + 3 >= alarms,
        "{passed} of {alarms} alarms passed; skipped: {skipped:#?}"
    );
    Ok(())
}

/// Without the forwarder's subscription of its topic, an alarm fails, and is not left in ALARM.
pub(crate) async fn red_without_subscription(line: &Line) -> Outcome {
    let topic = line.outputs.get("WarningTopic")?;
    let sns = line.clients.sns();
    let listed = sns
        .list_subscriptions_by_topic()
        .topic_arn(topic)
        .send()
        .await?;
    let queue = listed
        .subscriptions()
        .iter()
        .find(|subscription| subscription.protocol() == Some("sqs"))
        .context("the line has not subscribed a queue")?;
    let arn = queue
        .subscription_arn()
        .context("a subscription has an ARN")?;
    sns.unsubscribe().subscription_arn(arn).send().await?;
    let name = format!("{}-web-api-certificate", line.stack());
    let drilled = drill(line, &["--alarm", &name, "--within", "4s"]).await;
    sns.subscribe()
        .topic_arn(topic)
        .protocol("sqs")
        .endpoint(queue.endpoint().context("a subscription has an endpoint")?)
        .send()
        .await?;
    let (status, lines) = drilled?;
    ensure!(status.code() == Some(1), "{status}: {lines:?}");
    let sinks = lines[0]["sinks"].as_array().context("there are no sinks")?;
    ensure!(
        !sinks.is_empty()
            && sinks
                .iter()
                .all(|sink| sink["arrived_after_seconds"].is_null()),
        "{lines:?}"
    );
    let answer = line
        .clients
        .cloudwatch()
        .describe_alarms()
        .alarm_names(&name);
    let answer = answer.send().await?;
    let state = answer.metric_alarms()[0].state_value();
    ensure!(
        state.is_some_and(|state| state.as_str() == "OK"),
        "the alarm is in {state:?}"
    );
    Ok(())
}

async fn drill(line: &Line, arguments: &[&str]) -> Result<(ExitStatus, Vec<Value>)> {
    let output = Command::new(Checkout::find()?.bootstrap("picket")?)
        .env_clear()
        .args([
            "drill",
            "--json",
            "--even-disabled",
            "--pace",
            "0s",
            "--stack",
            line.stack(),
        ])
        .args(arguments)
        .env("AWS_ENDPOINT_URL", line.clients.endpoint())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_KEY)
        .output()
        .await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Result<Vec<Value>, _> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(serde_json::from_str)
        .collect();
    let lines = lines?;
    ensure!(!lines.is_empty(), "no answer: {errors}");
    Ok((output.status, lines))
}
