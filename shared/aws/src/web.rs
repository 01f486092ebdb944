//! The client for everything that is not AWS: webhooks.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// A handshake across an ocean takes half a second; what has not answered after three does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Slack and PagerDuty answer within a second; ten tell slow from gone and still leave a function time to say so.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A client that trusts Mozilla's roots, as compiled in, and follows no redirect: a webhook's address is a secret, and a
/// redirect would hand the message to whoever answers next.
pub fn client() -> Client {
    Client::builder()
        .tls_backend_preconfigured(tls())
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .build()
        .expect("the TLS configuration is given, and nothing else can be refused")
}

fn tls() -> ClientConfig {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has the cipher suites of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let server = MockServer::start().await;
        let elsewhere = ResponseTemplate::new(302).insert_header("location", "/elsewhere");
        Mock::given(any())
            .respond_with(elsewhere)
            .expect(1)
            .mount(&server)
            .await;
        let answer = client().post(server.uri()).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 302);
    }
}
