//! Whether a request that got no answer can have been received.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use hyper_util::client::legacy;

/// Whether a request certainly never left: it could not be built or signed, or no connection stood to send it on (name
/// not found, refused, no TLS, not connected in time). False where it may have arrived: a connection that broke, or a
/// time-out after sending.
pub fn never_left<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::DispatchFailure(failure) => failure
            .as_connector_error()
            .is_some_and(|error| chain(error).any(is_before_sending)),
        _ => false,
    }
}

fn is_before_sending(error: &(dyn Error + 'static)) -> bool {
    let connecting = error.downcast_ref().is_some_and(legacy::Error::is_connect);
    connecting || error.is::<CredentialsError>()
}

/// An error and what caused it, in turn.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, time::Duration};

    use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
    use aws_credential_types::{
        Credentials,
        provider::{self, ProvideCredentials, SharedCredentialsProvider, future},
    };
    use aws_sdk_dynamodb::Client;
    use aws_smithy_types::timeout::TimeoutConfig;

    use super::*;
    use crate::{
        connector::connector,
        testing::{Server, StubResponse},
    };

    /// For a connection: loopback has one at once, or never. A name that does not resolve fails as soon.
    const CONNECTION: Duration = Duration::from_millis(200);
    /// For an answer, well after the other.
    const ANSWER: Duration = Duration::from_secs(1);

    fn config(endpoint: &str, credentials: impl ProvideCredentials + 'static) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECTION)
            .operation_attempt_timeout(ANSWER)
            .build();
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .http_client(connector())
            .build()
    }

    fn credentials() -> Credentials {
        Credentials::from_keys("AKIDTEST", "secret", None)
    }

    async fn left(config: &SdkConfig) -> bool {
        let error = Client::new(config).list_tables().send().await.unwrap_err();
        !never_left(&error)
    }

    #[derive(Debug)]
    struct Nobody;

    impl ProvideCredentials for Nobody {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(provider::Result::Err(CredentialsError::not_loaded(
                "nobody is logged in",
            )))
        }
    }

    #[tokio::test]
    async fn what_found_no_connection_never_left() {
        let refused = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap()
        };
        assert!(!left(&config(&format!("http://{refused}"), credentials())).await);
        assert!(!left(&config("http://no-such-host.invalid", credentials())).await);
    }

    #[tokio::test]
    async fn what_could_not_be_signed_never_left() {
        let server = Server::answering([StubResponse::ok("{}")]).await;
        let endpoint = server.config(connector());
        let endpoint = endpoint.endpoint_url().unwrap();
        assert!(!left(&config(endpoint, Nobody)).await);
        assert!(server.texts().await.is_empty());
    }

    #[tokio::test]
    async fn no_tls_on_the_other_side_is_no_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || listener.accept().map(drop));
        assert!(!left(&config(&format!("https://{address}"), credentials())).await);
    }

    #[tokio::test]
    async fn a_connection_that_says_nothing_or_breaks_may_have_taken_it() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        assert!(left(&config(&format!("http://{address}"), credentials())).await);

        let breaking = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = breaking.local_addr().unwrap();
        std::thread::spawn(move || {
            use std::io::Read;
            let (mut stream, _) = breaking.accept()?;
            stream.read(&mut [0; 16]).map(drop)
        });
        assert!(left(&config(&format!("http://{address}"), credentials())).await);
    }

    #[tokio::test]
    async fn an_answer_is_proof_of_arrival() {
        for answer in [StubResponse::error(400, "X"), StubResponse::error(500, "X")] {
            let server = Server::answering([answer]).await;
            assert!(left(&server.config(connector())).await);
        }
    }
}
