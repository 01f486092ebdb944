//! The adapter of `PutObject` into the quarantine bucket.

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, primitives::ByteStream};
use picket_aws::{Fault, fault::Resource};

use crate::rejected::QuarantinedDatum;

/// A client for the quarantine bucket.
#[derive(Debug, Clone)]
pub struct QuarantineBucket {
    client: Client,
    bucket: Resource,
}

impl QuarantineBucket {
    /// Creates a client for a bucket.
    pub fn new(sdk: &SdkConfig, bucket: &str) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: Resource::new(
                "quarantine bucket",
                bucket,
                "deploy the stack or correct QUARANTINE_BUCKET",
            ),
        }
    }

    /// Writes a rejected datapoint.
    pub async fn put_datum(&self, object: &QuarantinedDatum) -> Result<(), Fault> {
        let body = object.body.clone().into_bytes();
        self.put(&object.key, "application/json", body).await
    }

    /// Writes an object; the same key again overwrites it.
    pub async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), Fault> {
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

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region};
    use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;

    #[tokio::test]
    async fn a_refused_datapoint_is_an_object_in_the_bucket() {
        let server = MockServer::start().await;
        let success = ResponseTemplate::new(200);
        Mock::given(any())
            .respond_with(success)
            .mount(&server)
            .await;
        let credentials = Credentials::new("AKIDTEST", "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(server.uri())
            .http_client(picket_aws::connector())
            .build();
        let object = QuarantinedDatum {
            key: "datums/2026-11-20/0.json".into(),
            body: "{}".into(),
        };
        QuarantineBucket::new(&sdk, "quarantine")
            .put_datum(&object)
            .await
            .unwrap();
        let request = &server.received_requests().await.unwrap()[0];
        assert_eq!(request.method.as_str(), "PUT");
        assert!(
            request.url.path().ends_with("/datums/2026-11-20/0.json"),
            "{}",
            request.url
        );
        assert!(
            request.url.as_str().contains("quarantine"),
            "{}",
            request.url
        );
    }
}
