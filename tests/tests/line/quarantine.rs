//! What kills, what Lambda gave up, and `picket quarantine`, which puts both back: each counts once.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use picket_aws::{
    chain::ChainTable,
    stream::{OutgoingRecord, Stream, put_all},
};
use picket_line::{
    checkout::Checkout,
    emulator::{REGION, ROOT_KEY},
    line::Line,
};
use picket_shared::{
    clock::{Clock, SystemClock},
    position::Position,
};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::Outcome;

/// Begins with the word that kills, and counts as a line with an error where it is read.
const POISON: &str = "poison ERROR in the line's own test";
const METRIC: &str = "ErrorLines";
const POLL_EVERY: Duration = Duration::from_millis(200);
/// What is put back is counted within a second or two.
const LOOKS: u32 = 150;

/// A record that aborts the function is set apart, what stands beside it is counted, and with a decoder that bears it
/// it is put back.
pub(crate) async fn poison(line: &Line) -> Outcome {
    let before = errors(line).await?;
    line.set_variable("EventProcessor", "PICKET_FAULT", Some("poison:1"))
        .await?;
    let records = ["ERROR one", POISON, "ERROR two"].map(|data| OutgoingRecord {
        key: "poison".into(),
        data: data.into(),
    });
    let stream = Stream::new(line.clients.kinesis(), line.outputs.get("EventStream")?);
    let marks = put_all(&stream, &records, &SystemClock, |_| ()).await?;
    line.drained(&marks).await;
    line.set_variable("EventProcessor", "PICKET_FAULT", None)
        .await?;
    ensure!(
        errors(line).await? == before + 2,
        "the records beside it are not counted once"
    );
    let listed = picket(line, &["list"]).await?;
    let is_it =
        |entry: &&Value| entry["bytes"] == POISON.len() && entry["standing"] == "quarantined";
    let entry = listed.iter().find(is_it);
    let entry = entry.with_context(|| format!("it is not listed: {listed:?}"))?;
    let reason = entry["reason"].as_str().unwrap_or_default();
    ensure!(reason.starts_with("two processes died"), "{reason}");
    let object = entry["object"].as_str().context("an entry has an object")?;
    let shown = picket(line, &["show", object]).await?;
    ensure!(
        shown.iter().any(|shown| shown["payload"] == POISON),
        "{shown:?}"
    );
    let left = picket(line, &["replay", object]).await?;
    ensure!(
        left.iter().all(|outcome| outcome["put_back"] == false),
        "{left:?}"
    );
    // Two people at once: both may put a copy.
    let again = ["replay", object, "--mended"];
    tokio::try_join!(picket(line, &again), picket(line, &again))?;
    counted(line, before + 3).await?;
    let late = picket(line, &again).await?;
    ensure!(
        late.iter().all(|outcome| outcome["put_back"] == false),
        "{late:?}"
    );
    ensure!(errors(line).await? == before + 3, "it counts twice");
    Ok(())
}

/// A batch that Lambda wrote to the bucket is put back once, however often it is asked for.
pub(crate) async fn discarded(line: &Line) -> Outcome {
    let before = errors(line).await?;
    let stream = line.outputs.get("EventStream")?;
    let key = "aws/lambda/uuid/shardId-000000000077/2026/11/20/2026-11-20T06.14.05-uuid";
    line.clients
        .s3()
        .put_object()
        .bucket(line.outputs.get("QuarantineBucket")?)
        .key(key)
        .body(invocation_record(stream).to_string().into_bytes().into())
        .send()
        .await?;
    let open = picket(line, &["show", key]).await?;
    ensure!(
        open.iter().all(|entry| entry["standing"] == "open"),
        "{open:?}"
    );
    let replay = ["replay", key];
    tokio::try_join!(picket(line, &replay), picket(line, &replay))?;
    counted(line, before + 2).await?;
    let late = picket(line, &["replay"]).await?;
    ensure!(
        late.iter().all(|outcome| outcome["put_back"] == false),
        "{late:?}"
    );
    let listed = picket(line, &["list"]).await?;
    let of_it: Vec<_> = listed
        .iter()
        .filter(|entry| entry["object"] == key)
        .collect();
    ensure!(of_it.len() == 2, "{listed:?}");
    ensure!(
        of_it.iter().all(|entry| entry["standing"] == "replayed"),
        "{of_it:?}"
    );
    ensure!(errors(line).await? == before + 2, "it counts twice");
    Ok(())
}

/// Two records of a shard that the stream does not have.
fn invocation_record(stream: &str) -> Value {
    let now = SystemClock.now();
    let record = |number: u32| {
        json!({
            "kinesis": {
                "partitionKey": "agent",
                "sequenceNumber": number.to_string(),
                "data": "RVJST1IgZ2l2ZW4gdXA=",
                "approximateArrivalTimestamp": now.as_second(),
            },
            "eventSource": "aws:kinesis",
            "eventID": format!("shardId-000000000077:{number}"),
            "awsRegion": REGION,
            "eventSourceARN": format!("arn:aws:kinesis:{REGION}:000000000000:stream/{stream}"),
        })
    };
    json!({
        "requestContext": { "condition": "RecordAgeExceeded", "approximateInvokeCount": 4 },
        "version": "1.0",
        "payload": json!({ "Records": [record(7), record(9)] }).to_string(),
    })
}

/// Runs the command as an operator does; its answers.
async fn picket(line: &Line, arguments: &[&str]) -> Result<Vec<Value>> {
    let (command, rest) = arguments.split_first().context("a command")?;
    let output = Command::new(Checkout::find()?.bootstrap("picket")?)
        .env_clear()
        .env("AWS_ENDPOINT_URL", line.clients.endpoint())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_KEY)
        .args(["--json", "quarantine", command, "--stack", line.stack()])
        .args(rest)
        .output()
        .await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {complaint}");
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}

async fn counted(line: &Line, expected: u64) -> Outcome {
    for _ in 0..LOOKS {
        if errors(line).await? >= expected {
            break;
        }
        SystemClock.sleep(POLL_EVERY).await;
    }
    let counted = errors(line).await?;
    ensure!(counted == expected, "{counted} counted, {expected} sent");
    Ok(())
}

/// Lines with an error, in all chains; the metric's widest roll-up.
async fn errors(line: &Line) -> Result<u64> {
    let table = ChainTable::new(line.clients.dynamodb(), line.outputs.get("ChainTable")?);
    let mut count = 0;
    for chain in table.chains().await? {
        let mut mark = Position::start();
        loop {
            let slices = table.read_from(&chain, &mark, 500).await?;
            let slices: Vec<_> = slices.into_iter().collect::<Result<_, _>>()?;
            let Some(last) = slices.last() else { break };
            mark = last.after.clone();
            let series = slices.iter().flat_map(|slice| &slice.body.series);
            let named = series
                .filter(|series| series.key.name == METRIC && series.key.dimensions.len() == 1);
            count += named
                .map(|series| series.aggregate.statistics().count)
                .sum::<u64>();
        }
    }
    Ok(count)
}
