//! Remote write 1.0 over HTTP.

mod headers;
mod retry_after;
mod signature;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use headers::HEADERS;
use jiff::Timestamp;
use picket_aws::{Fault, secret::Parameters};
use picket_shared::clock::{Clock, SystemClock};
use reqwest::{
    Client, RequestBuilder, StatusCode, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use signature::signature;
use tokio::sync::Mutex;

use crate::{
    config::{Authorization, Receiver},
    ports::SamplesError,
    remote_write::WriteRequest,
};

/// The length of a refusal in messages, in characters.
const LONGEST_DETAIL: usize = 500;

/// A client for a receiver of samples.
#[derive(Debug)]
pub(crate) struct RemoteWrite {
    client: Client,
    endpoint: Url,
    identity: Proof,
}

/// The credentials of requests.
#[derive(Debug)]
enum Proof {
    None,
    SigV4 {
        credentials: Option<SharedCredentialsProvider>,
        region: String,
    },
    Basic(Secret),
    Bearer(Secret),
}

/// A secret that is read when it is first needed, and again after it was refused.
#[derive(Debug)]
struct Secret {
    parameters: Parameters,
    name: String,
    value: Mutex<Option<SecretString>>,
}

impl RemoteWrite {
    pub(crate) fn new(sdk: &SdkConfig, receiver: &Receiver) -> Self {
        let secret = |name: &String| Secret {
            parameters: Parameters::new(aws_sdk_ssm::Client::new(sdk)),
            name: name.clone(),
            value: Mutex::new(None),
        };
        let identity = match &receiver.authorization {
            Authorization::None => Proof::None,
            Authorization::SigV4 => Proof::SigV4 {
                credentials: sdk.credentials_provider(),
                region: region(&receiver.endpoint, sdk),
            },
            Authorization::Basic(name) => Proof::Basic(secret(name)),
            Authorization::Bearer(name) => Proof::Bearer(secret(name)),
        };
        Self {
            client: picket_aws::web::client(),
            endpoint: receiver.endpoint.clone(),
            identity,
        }
    }

    pub(crate) async fn write(&self, request: &WriteRequest) -> Result<(), SamplesError> {
        let body = request.to_bytes();
        let answer = self.post(&body).await.map_err(SamplesError::Failed)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let pause = retry_after::read(answer.headers(), SystemClock.now());
        let detail = answer.text().await.unwrap_or_default();
        Err(self.fault(status, &detail, pause).await)
    }

    async fn post(&self, body: &[u8]) -> Result<reqwest::Response, Fault> {
        let request = self.client.post(self.endpoint.clone());
        let request = self.prove(request, body, SystemClock.now()).await?;
        request.body(body.to_vec()).send().await.map_err(|error| {
            // The address may contain a secret, and the error would show it.
            Fault::transient("Prometheus did not answer; the samples are sent again")
                .because(error.without_url())
        })
    }

    async fn prove(
        &self,
        request: RequestBuilder,
        body: &[u8],
        now: Timestamp,
    ) -> Result<RequestBuilder, Fault> {
        let request = request.headers(headers());
        Ok(match &self.identity {
            Proof::None => request,
            Proof::SigV4 {
                credentials,
                region,
            } => {
                let credentials = credentials.as_ref().ok_or_else(|| {
                    Fault::permanent("there are no credentials to sign samples with")
                })?;
                let credentials = credentials.provide_credentials().await.map_err(|error| {
                    Fault::transient("the credentials to sign samples with could not be had")
                        .because(error)
                })?;
                request.headers(signature(
                    &self.endpoint,
                    body,
                    &credentials.into(),
                    region,
                    now,
                )?)
            }
            Proof::Basic(secret) => {
                let secret = secret.get().await?;
                let (user, password) = secret.expose_secret().split_once(':').ok_or_else(|| {
                    Fault::permanent("the parameter that PROMETHEUS_PARAMETER names has no colon; put user:password there")
                })?;
                request.basic_auth(user, Some(password))
            }
            Proof::Bearer(secret) => request.bearer_auth(secret.get().await?.expose_secret()),
        })
    }

    /// Classifies an answer: 400 and other 4xx are final, 429 and 5xx are transient, 401 and 403 may be mended by a new
    /// secret.
    async fn fault(
        &self,
        status: StatusCode,
        detail: &str,
        pause: Option<Duration>,
    ) -> SamplesError {
        let detail: String = detail.trim().chars().take(LONGEST_DETAIL).collect();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let fault = Fault::transient(format!(
                "Prometheus did not take the samples now ({status}: {detail}); they are sent again"
            ));
            return match pause {
                Some(pause) => SamplesError::Later(fault, pause),
                None => SamplesError::Failed(fault),
            };
        }
        if matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
        ) || status.is_redirection()
        {
            self.identity.forget().await;
            return SamplesError::Failed(Fault::permanent(format!(
                "Prometheus does not take our samples ({status}: {detail}); correct PROMETHEUS_ENDPOINT, PROMETHEUS_AUTHORIZATION or the secret"
            )));
        }
        SamplesError::Final(Fault::permanent(format!(
            "Prometheus refused the samples ({status}: {detail})"
        )))
    }
}

impl Proof {
    async fn forget(&self) {
        match self {
            Self::Basic(secret) | Self::Bearer(secret) => *secret.value.lock().await = None,
            Self::None | Self::SigV4 { .. } => {}
        }
    }
}

impl Secret {
    async fn get(&self) -> Result<SecretString, Fault> {
        let mut value = self.value.lock().await;
        if let Some(value) = value.as_ref() {
            return Ok(value.clone());
        }
        let read = self.parameters.get(&self.name).await?;
        *value = Some(read.clone());
        Ok(read)
    }
}

/// The region in the address of an Amazon Managed Prometheus workspace; otherwise the function's region.
fn region(endpoint: &Url, sdk: &SdkConfig) -> String {
    let named = endpoint
        .host_str()
        .and_then(|host| host.strip_prefix("aps-workspaces."))
        .and_then(|rest| rest.split('.').next());
    match (named, sdk.region()) {
        (Some(region), _) => region.to_owned(),
        (None, Some(region)) => region.to_string(),
        (None, None) => String::new(),
    }
}

fn headers() -> HeaderMap {
    HEADERS
        .into_iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}
