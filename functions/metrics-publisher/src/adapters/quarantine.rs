//! `PutObject` into the quarantine bucket.

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, primitives::ByteStream};
use picket_aws::{Fault, fault::Resource};
use picket_shared::chain::DamagedSlice;

use crate::{chains::damaged, refusal::Object};

/// Where a datapoint goes that CloudWatch refuses alone, and a slice that cannot be read.
#[derive(Debug, Clone)]
pub(crate) struct Quarantine {
    client: Client,
    bucket: Resource,
}

impl Quarantine {
    pub(crate) fn new(sdk: &SdkConfig, bucket: &str) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: Resource::new(
                "quarantine bucket",
                bucket,
                "deploy the stack or correct QUARANTINE_BUCKET",
            ),
        }
    }

    pub(crate) async fn keep(&self, object: &Object) -> Result<(), Fault> {
        let body = object.body.clone().into_bytes();
        self.put(&object.key, "application/json", body).await
    }

    pub(crate) async fn keep_slice(&self, slice: &DamagedSlice) -> Result<(), Fault> {
        let body = slice.bytes.clone();
        self.put(&damaged::key(slice), "application/octet-stream", body)
            .await
    }

    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), Fault> {
        self.client
            .put_object()
            .bucket(self.bucket.name())
            .key(key)
            .content_type(content_type)
            .body(ByteStream::from(body))
            .send()
            .await
            .map_err(|error| Fault::of(&self.bucket, "write to", error))?;
        Ok(())
    }
}
