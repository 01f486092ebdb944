//! The configuration of AWS clients, refused where there are no credentials or no Region, before any request.

use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use aws_types::SdkConfig;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

/// Reads the configuration of the environment and its credentials.
pub(crate) async fn config() -> Result<SdkConfig, Fault> {
    checked(picket_aws::config().await).await
}

async fn checked(config: SdkConfig) -> Result<SdkConfig, Fault> {
    if config.region().is_none() {
        return Err(Fault::permanent(
            "no AWS Region is set: set AWS_REGION, or run `aws configure`",
        ));
    }
    let Some(provider) = config.credentials_provider() else {
        return Err(none());
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(config),
        Err(CredentialsError::CredentialsNotLoaded(_) | CredentialsError::ProviderTimedOut(_)) => {
            Err(none())
        }
        Err(error) => Err(Fault::permanent(format!(
            "the AWS credentials cannot be used: {}",
            ErrorChain(&error)
        ))),
    }
}

fn none() -> Fault {
    Fault::permanent(
        "there are no AWS credentials: run `aws sso login` or `aws configure`, or set AWS_PROFILE",
    )
}

#[cfg(test)]
mod tests {
    use aws_credential_types::{
        Credentials,
        provider::{SharedCredentialsProvider, future},
    };
    use aws_types::region::Region;

    use super::*;

    /// Fails as providers do.
    #[derive(Debug)]
    struct Failing(fn() -> CredentialsError);

    impl ProvideCredentials for Failing {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err((self.0)()))
        }
    }

    async fn said(provider: impl ProvideCredentials + 'static) -> String {
        let config = SdkConfig::builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .build();
        let result = checked(config).await;
        result.map_or_else(|fault| fault.to_string(), |_| "usable".to_owned())
    }

    #[tokio::test]
    async fn what_is_missing_is_said_with_what_to_do() {
        let nothing = SdkConfig::builder().build();
        let said_of = checked(nothing).await.unwrap_err().to_string();
        assert!(said_of.starts_with("no AWS Region is set"), "{said_of}");
        let absent = || CredentialsError::not_loaded("could not communicate with IMDS");
        let said_of = said(Failing(absent)).await;
        assert!(
            said_of.starts_with("there are no AWS credentials: "),
            "{said_of}"
        );
        assert!(!said_of.contains("IMDS"), "{said_of}");
        let expired = || CredentialsError::provider_error("the session has expired");
        let said_of = said(Failing(expired)).await;
        assert!(
            said_of.contains("cannot be used") && said_of.contains("has expired"),
            "{said_of}"
        );
        assert_eq!(
            said(Credentials::from_keys("AKIDTEST", "secret", None)).await,
            "usable"
        );
    }
}
