//! One connector for every AWS client: ring, Amazon's roots compiled in, bounded waits.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Amazon Trust Services' roots 1 to 4 and Starfield Services Root G2, under which, by AWS's documentation, its
/// endpoints' certificates stand (<https://www.amazontrust.com/repository/>). Reading the system's hundred and forty
/// takes more than the rest of the start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// Within a region a connection opens in milliseconds; a packet lost twice is tried again by then.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// AWS answers these small requests well below a second. Five leave room for a slow minute, and for three attempts and
/// their pauses inside a function that may run a minute.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// The configuration of every AWS client: region and credentials of the environment, one connection pool, three
/// attempts.
///
/// `AWS_ENDPOINT_URL`, and `AWS_ENDPOINT_URL_<SERVICE>` for one service, are honoured, with `http://` too.
pub async fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(connector())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard())
        .load()
        .await
}

/// The connector itself, for clients that take nothing from the environment: tests and tools against a local endpoint.
pub fn connector() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let context = TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .expect("a context of a trust store alone has nothing to refuse");
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https()
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{CertificateDer, pem::PemObject};

    use super::*;
    use crate::testing::{Server, StubResponse};

    #[test]
    fn amazons_five_roots_are_trusted() {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(AMAZON_ROOTS) {
            roots.add(certificate.unwrap()).unwrap();
        }
        assert_eq!(roots.len(), 5);
    }

    #[tokio::test]
    async fn the_connector_speaks_plain_http_to_a_local_endpoint() {
        let server = Server::answering([StubResponse::ok("{}")]).await;
        let config = server.config(connector());
        let client = aws_sdk_dynamodb::Client::new(&config);
        client.list_tables().send().await.unwrap();
        assert_eq!(server.operations().await, ["ListTables"]);
    }
}
