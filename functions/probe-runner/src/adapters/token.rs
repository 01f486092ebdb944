//! Signatures of requests: of the token that IAM database authentication takes in place of a password (RDS and Aurora),
//! and of requests to services whose SDK is not linked.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{
        SignableBody, SignableRequest, SignatureLocation, SigningInstructions, SigningSettings,
        sign,
    },
    sign::v4::SigningParams,
};
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};
use reqwest::Url;
use secrecy::SecretString;

use crate::{
    failure::{Failure, Reason},
    targets::DatabaseAddress,
};

/// The service name of RDS in a signature.
const SERVICE: &str = "rds-db";
/// The validity of a token in RDS; an open connection stays open.
const VALID: Duration = Duration::from_mins(15);

/// A signer with the function's role.
#[derive(Debug)]
pub(super) struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: String,
}

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signable<'r> {
    pub(super) service: &'r str,
    pub(super) region: &'r str,
    pub(super) method: &'r str,
    pub(super) url: &'r Url,
    pub(super) body: &'r [u8],
}

impl Signer {
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        Self {
            credentials: sdk.credentials_provider(),
            region: sdk.region().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// The function's Region.
    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Signs a request with the function's credentials.
    pub(super) async fn sign(
        &self,
        request: Signable<'_>,
        settings: SigningSettings,
        now: Timestamp,
    ) -> Result<SigningInstructions, Failure> {
        signed(request, settings, &self.identity().await?, now)
    }

    pub(super) async fn token(&self, address: &DatabaseAddress) -> Result<SecretString, Failure> {
        let identity = self.identity().await?;
        token(address, &identity, &self.region, SystemClock.now())
    }

    async fn identity(&self) -> Result<Identity, Failure> {
        let none = || cannot("there are no credentials to sign with");
        let provider = self.credentials.as_ref().ok_or_else(none)?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| none().because(error))?;
        Ok(credentials.into())
    }
}

fn cannot(why: &str) -> Failure {
    Failure::new(Reason::Setup, why)
}

fn signed(
    request: Signable<'_>,
    settings: SigningSettings,
    identity: &Identity,
    now: Timestamp,
) -> Result<SigningInstructions, Failure> {
    let unsigned = || cannot("the request could not be signed");
    let params = SigningParams::builder()
        .identity(identity)
        .region(request.region)
        .name(request.service)
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| unsigned().because(error))?;
    let signable = SignableRequest::new(
        request.method,
        request.url.as_str(),
        std::iter::empty(),
        SignableBody::Bytes(request.body),
    )
    .map_err(|error| unsigned().because(error))?;
    let (instructions, _) = sign(signable, &params.into())
        .map_err(|error| unsigned().because(error))?
        .into_parts();
    Ok(instructions)
}

/// The token: a signed URL without its scheme.
pub(super) fn token(
    address: &DatabaseAddress,
    identity: &Identity,
    region: &str,
    now: Timestamp,
) -> Result<SecretString, Failure> {
    let DatabaseAddress {
        host, port, user, ..
    } = address;
    let mut url = Url::parse(&format!("https://{host}:{port}/"))
        .map_err(|error| cannot("the database token could not be signed").because(error))?;
    url.query_pairs_mut()
        .append_pair("Action", "connect")
        .append_pair("DBUser", user);
    let mut settings = SigningSettings::default();
    settings.expires_in = Some(VALID);
    settings.signature_location = SignatureLocation::QueryParams;
    let request = Signable {
        service: SERVICE,
        region,
        method: "GET",
        url: &url,
        body: b"",
    };
    let instructions = signed(request, settings, identity, now)?;
    for (name, value) in instructions.params() {
        url.query_pairs_mut().append_pair(name, value);
    }
    let query = url.query().unwrap_or_default();
    Ok(SecretString::from(format!("{host}:{port}/?{query}")))
}
