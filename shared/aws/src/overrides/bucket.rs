//! The bucket, by S3.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::{Client, config::Builder, operation::get_object::GetObjectOutput};
use futures::future::join_all;

use super::{ConditionalRead, Found, Object, ReadOverrides, ReadResults};
use crate::fault::{Fault, Resource};

/// An invocation does not wait for its overrides: what serves is at hand. S3 results a small object within some tens of
/// milliseconds, the first request of an execution environment within some hundreds.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(900);
/// The largest of the files, the prices, has 15 KB.
const MOST_BYTES: i64 = 1 << 20;
/// HTTP's "Not Modified".
const NOT_MODIFIED: u16 = 304;

/// The override bucket: its objects under the stack's name.
#[derive(Debug, Clone)]
pub struct OverrideBucket {
    place: Option<OverridePrefix>,
}

#[derive(Debug, Clone)]
struct OverridePrefix {
    client: Client,
    bucket: Resource,
    stack: String,
}

impl OverrideBucket {
    /// Creates the reader of a bucket; without one there are no overrides, and nothing is read.
    pub fn new(sdk: &SdkConfig, bucket: Option<&str>, stack: &str) -> Self {
        let place = |bucket: &str| OverridePrefix {
            client: client(sdk),
            bucket: Resource::new(
                "override bucket",
                bucket,
                "create it or correct the parameter OverrideBucket",
            ),
            stack: stack.to_owned(),
        };
        Self {
            place: bucket.map(place),
        }
    }
}

impl ReadOverrides for OverrideBucket {
    /// Sends all requests at once.
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        let results = reads.iter().map(async |read| match &self.place {
            Some(place) => place.read(read).await,
            None => Ok(Found::Nothing),
        });
        join_all(results).await
    }
}

fn client(sdk: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let config = Builder::from(sdk)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(2))
        .build();
    Client::from_conf(config)
}

impl OverridePrefix {
    /// `s3:GetObject`, and `s3:ListBucket` for the difference between no object and no permission.
    async fn read(&self, read: &ConditionalRead) -> Result<Found, Fault> {
        let key = format!("{}/{}", self.stack, read.object);
        let result = self
            .client
            .get_object()
            .bucket(self.bucket.name())
            .key(&key)
            .set_if_none_match(read.known.clone())
            .send()
            .await;
        match result {
            Ok(output) => {
                let file = format!("s3://{}/{key}", self.bucket.name());
                object(file, output).await.map(Found::New)
            }
            Err(error) => {
                let status = error
                    .raw_response()
                    .map(|response| response.status().as_u16());
                if status == Some(NOT_MODIFIED) {
                    return Ok(Found::Same);
                }
                match error.as_service_error() {
                    Some(service) if service.is_no_such_key() => Ok(Found::Nothing),
                    _ => Err(Fault::of(&self.bucket, "read", error)),
                }
            }
        }
    }
}

async fn object(file: String, output: GetObjectOutput) -> Result<Object, Fault> {
    if output.content_length.is_none_or(|bytes| bytes > MOST_BYTES) {
        let sentence = format!("{file} has more than {MOST_BYTES} bytes, or does not say how many");
        return Err(Fault::permanent(sentence));
    }
    let etag = output.e_tag.unwrap_or_default();
    let body = output.body.collect().await;
    let body =
        body.map_err(|error| Fault::transient(format!("{file} broke off")).because(error))?;
    let text = String::from_utf8(body.into_bytes().into()).map_err(|error| {
        Fault::permanent(format!("{file} is not UTF-8 text; put it again")).because(error)
    })?;
    Ok(Object { file, etag, text })
}
