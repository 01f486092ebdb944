//! The clients for everything that is not AWS: webhooks, receivers of samples, and probe targets.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// A handshake across an ocean takes half a second; what has not answered after three does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Slack and PagerDuty answer within a second; ten distinguish slow from unreachable and leave a function time to
/// report it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A client that trusts Mozilla's roots, as compiled in, and follows no redirect: a webhook's address is a secret, and
/// a redirect would hand the message to another server.
pub fn client() -> Client {
    builder(tls(mozilla()))
        .timeout(REQUEST_TIMEOUT)
        .build()
        .expect("the TLS configuration is given, and nothing else can be refused")
}

/// A client that follows no redirect, makes a connection for each request, and reports the server's certificate: for
/// probes. The caller sets the timeout.
pub fn observer(tls: ClientConfig) -> Client {
    builder(tls)
        .tls_info(true)
        .pool_max_idle_per_host(0)
        .build()
        .expect("the TLS configuration is given, and nothing else can be refused")
}

/// TLS by ring that trusts Mozilla's roots and those of `private`, in PEM; `Err` is the reason why they cannot be read.
pub fn tls_with_roots(private: Option<&str>) -> Result<ClientConfig, String> {
    let mut roots = mozilla();
    for certificate in CertificateDer::pem_slice_iter(private.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if private.is_some() && roots.len() == webpki_roots::TLS_SERVER_ROOTS.len() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(tls(roots))
}

fn builder(tls: ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
}

fn mozilla() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

fn tls(roots: RootCertStore) -> ClientConfig {
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

    #[test]
    fn private_roots_are_trusted_beside_mozillas_and_what_is_none_is_refused() {
        assert!(tls_with_roots(None).is_ok());
        assert!(tls_with_roots(Some(include_str!("amazon-roots.pem"))).is_ok());
        assert_eq!(
            tls_with_roots(Some("hello")).unwrap_err(),
            "there is no certificate in it"
        );
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(tls_with_roots(Some(broken)).is_err());
    }
}
