//! Sends one `GET`.

use jiff::Timestamp;
use reqwest::{Client, Response, Url, header::LOCATION, tls::TlsInfo};
use x509_cert::{Certificate, der::Decode};

use super::certificate;
use crate::{
    failure::{Failure, Reason},
    ports::Page,
    web::MOST_BODY,
};

pub(super) async fn fetch(client: &Client, url: &Url) -> Result<Page, Failure> {
    let mut answer = client
        .get(url.clone())
        .header(
            "user-agent",
            concat!("picket-probe/", env!("CARGO_PKG_VERSION")),
        )
        .send()
        .await
        .map_err(|error| failure(url, error))?;
    let location = answer.headers().get(LOCATION);
    let location = location.and_then(|value| Some(value.to_str().ok()?.to_owned()));
    let certificate_ends = certificate_ends(&answer);
    let mut body = Vec::new();
    while body.len() < MOST_BODY {
        match answer.chunk().await.map_err(|error| failure(url, error))? {
            Some(chunk) => {
                body.extend_from_slice(&chunk[..chunk.len().min(MOST_BODY - body.len())]);
            }
            None => break,
        }
    }
    Ok(Page {
        status: answer.status().as_u16(),
        location,
        body,
        certificate_ends,
    })
}

fn certificate_ends(answer: &Response) -> Option<Timestamp> {
    let certificate = answer.extensions().get::<TlsInfo>()?.peer_certificate()?;
    let certificate = Certificate::from_der(certificate).ok()?;
    let ends = certificate
        .tbs_certificate
        .validity
        .not_after
        .to_unix_duration();
    Timestamp::from_second(i64::try_from(ends.as_secs()).ok()?).ok()
}

/// Describes an error with the host alone: the URL may contain a key.
fn failure(url: &Url, error: reqwest::Error) -> Failure {
    let host = url.host_str().unwrap_or_default();
    let error = error.without_url();
    if let Some(why) = certificate::refusal(&error) {
        let message = format!("the certificate of {host} is not accepted: {why}");
        return Failure::new(Reason::Certificate, message).because(error);
    }
    if error.is_timeout() {
        return Failure::new(Reason::Timeout, format!("no connection to {host} in time"))
            .because(error);
    }
    let message = if error.is_connect() {
        format!("no connection to {host}")
    } else {
        format!("{host} did not answer whole")
    };
    Failure::new(Reason::Unreachable, message).because(error)
}
