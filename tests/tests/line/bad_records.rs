//! Records that nobody can read.

use anyhow::{Context, ensure};
use picket_aws::stream::{OutgoingRecord, Stream, put_all};
use picket_line::line::Line;
use picket_shared::clock::SystemClock;

use crate::Outcome;

/// The bytes lie in the bucket, and the records around them are counted.
pub(crate) async fn quarantined(line: &Line) -> Outcome {
    let bad = "{\"request_id\": this is no JSON";
    let records = [r#"{"event":"message"}"#, bad, r#"{"event":"message"}"#];
    let records = records.map(|data| OutgoingRecord {
        key: "one-shard".into(),
        data: data.as_bytes().to_vec(),
    });
    let stream = Stream::new(line.clients.kinesis(), line.outputs.get("EventStream")?);
    let marks = put_all(&stream, &records, &SystemClock, |_| ()).await?;
    line.drained(&marks).await;
    let found = contents(line).await?;
    let encoded = base64_of(bad);
    ensure!(
        found
            .iter()
            .any(|object| object.contains(&encoded) || object.contains("this is no JSON")),
        "the bucket holds {} objects, and none has the record: {found:?}",
        found.len()
    );
    Ok(())
}

async fn contents(line: &Line) -> anyhow::Result<Vec<String>> {
    let (s3, bucket) = (line.clients.s3(), line.outputs.get("QuarantineBucket")?);
    let list = s3.list_objects_v2().bucket(bucket).send().await?;
    let mut contents = vec![];
    for object in list.contents() {
        let key = object.key().context("an object without a key")?;
        let body = s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await?
            .body
            .collect()
            .await?;
        contents.push(String::from_utf8_lossy(&body.into_bytes()).into_owned());
    }
    Ok(contents)
}

fn base64_of(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks_exact(3)
        .flat_map(|three| {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
        })
        .collect()
}
