//! Puts events on the stream with the AWS SDK for Rust. What Kinesis does not take is put again.

use std::{error::Error, time::Duration};

use aws_sdk_kinesis::{Client, primitives::Blob, types::PutRecordsRequestEntry};

/// Entries of a request (Kinesis quotas).
const LARGEST: usize = 500;
/// With the waits between them, at most thirteen seconds.
const ATTEMPTS: u32 = 8;

/// Events as JSON, each with its id. `stream` is the stack's output `EventStream`.
pub async fn put_records(
    kinesis: &Client,
    stream: &str,
    events: &[(String, String)],
) -> Result<(), Box<dyn Error>> {
    for events in events.chunks(LARGEST) {
        let mut entries = Vec::new();
        for (id, json) in events {
            let entry = PutRecordsRequestEntry::builder();
            entries.push(
                entry
                    .partition_key(id)
                    .data(Blob::new(json.as_str()))
                    .build()?,
            );
        }
        for attempt in 0.. {
            let request = kinesis.put_records().stream_name(stream);
            let answer = request.set_records(Some(entries.clone())).send().await?;
            let answers = answer.records().iter();
            let rejected = entries.into_iter().zip(answers);
            let rejected = rejected.filter(|(_, answer)| answer.error_code().is_some());
            entries = rejected.map(|(entry, _)| entry).collect();
            if entries.is_empty() {
                break;
            }
            if attempt + 1 == ATTEMPTS {
                return Err(format!("{} events were not taken", entries.len()).into());
            }
            tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
        }
    }
    Ok(())
}
