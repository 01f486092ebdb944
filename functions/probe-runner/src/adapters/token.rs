//! IAM database authentication: a token in place of a password (RDS and Aurora).

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign},
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

/// A signer of tokens with the function's role.
#[derive(Debug)]
pub(super) struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: String,
}

impl Signer {
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        Self {
            credentials: sdk.credentials_provider(),
            region: sdk.region().map(ToString::to_string).unwrap_or_default(),
        }
    }

    pub(super) async fn token(&self, address: &DatabaseAddress) -> Result<SecretString, Failure> {
        let none = || cannot("there are no credentials to sign a database token with");
        let provider = self.credentials.as_ref().ok_or_else(none)?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| none().because(error))?;
        token(
            address,
            &credentials.into(),
            &self.region,
            SystemClock.now(),
        )
    }
}

fn cannot(why: &str) -> Failure {
    Failure::new(Reason::Setup, why)
}

/// The token: a signed URL without its scheme.
pub(super) fn token(
    address: &DatabaseAddress,
    identity: &Identity,
    region: &str,
    now: Timestamp,
) -> Result<SecretString, Failure> {
    let unsigned = || cannot("the database token could not be signed");
    let DatabaseAddress {
        host, port, user, ..
    } = address;
    let mut url = Url::parse(&format!("https://{host}:{port}/"))
        .map_err(|error| unsigned().because(error))?;
    url.query_pairs_mut()
        .append_pair("Action", "connect")
        .append_pair("DBUser", user);
    let mut settings = SigningSettings::default();
    settings.expires_in = Some(VALID);
    settings.signature_location = SignatureLocation::QueryParams;
    let params = SigningParams::builder()
        .identity(identity)
        .region(region)
        .name(SERVICE)
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| unsigned().because(error))?;
    let request = SignableRequest::new(
        "GET",
        url.as_str(),
        std::iter::empty(),
        SignableBody::Bytes(b""),
    )
    .map_err(|error| unsigned().because(error))?;
    let (instructions, _) = sign(request, &params.into())
        .map_err(|error| unsigned().because(error))?
        .into_parts();
    for (name, value) in instructions.params() {
        url.query_pairs_mut().append_pair(name, value);
    }
    let query = url.query().unwrap_or_default();
    Ok(SecretString::from(format!("{host}:{port}/?{query}")))
}
