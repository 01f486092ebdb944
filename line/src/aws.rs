//! Clients of the emulator, on one connector, with its root key.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;

use crate::emulator::{REGION, ROOT_KEY};

/// Clients of one emulator. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    config: SdkConfig,
    endpoint: String,
}

impl Clients {
    /// Clients of the emulator at this address.
    pub async fn new(endpoint: &str) -> Self {
        Self::with(
            endpoint,
            Credentials::new(ROOT_KEY, ROOT_KEY, None, None, "picket-line"),
        )
        .await
    }

    /// Clients with other credentials, such as a function's role.
    pub async fn with(endpoint: &str, credentials: Credentials) -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .region(Region::from_static(REGION))
            .credentials_provider(credentials)
            .http_client(Builder::new().build_http())
            .load()
            .await;
        Self {
            config,
            endpoint: endpoint.to_owned(),
        }
    }

    /// The emulator's address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The configuration of clients that this type does not name.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// CloudFormation.
    pub fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.config)
    }

    /// CloudWatch.
    pub fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config)
    }

    /// `DynamoDB`.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// Kinesis.
    pub fn kinesis(&self) -> aws_sdk_kinesis::Client {
        aws_sdk_kinesis::Client::new(&self.config)
    }

    /// Lambda.
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config)
    }

    /// S3.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.config)
    }

    /// `EventBridge` Scheduler.
    pub fn scheduler(&self) -> aws_sdk_scheduler::Client {
        aws_sdk_scheduler::Client::new(&self.config)
    }

    /// SNS.
    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.config)
    }

    /// SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// Systems Manager.
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.config)
    }
}
