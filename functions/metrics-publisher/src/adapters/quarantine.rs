//! `PutObject` into the quarantine bucket.

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, primitives::ByteStream};
use picket_aws::{Fault, fault::Resource};

use crate::refusal::Object;

/// Where a datapoint goes that CloudWatch refuses alone.
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
        self.client
            .put_object()
            .bucket(self.bucket.name())
            .key(&object.key)
            .content_type("application/json")
            .body(ByteStream::from(object.body.clone().into_bytes()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.bucket, "write to", error))?;
        Ok(())
    }
}
