//! The signature of requests to Amazon Managed Prometheus (Signature Version 4).

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;
use picket_aws::Fault;
use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::headers::HEADERS;

/// The service name of Amazon Managed Prometheus in a signature.
const SERVICE: &str = "aps";

/// Creates the headers that sign a request.
pub(super) fn signature(
    endpoint: &Url,
    body: &[u8],
    identity: &Identity,
    region: &str,
    now: Timestamp,
) -> Result<HeaderMap, Fault> {
    let cannot = || Fault::permanent("the samples could not be signed");
    let params = SigningParams::builder()
        .identity(identity)
        .region(region)
        .name(SERVICE)
        .time(SystemTime::from(now))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| cannot().because(error))?;
    let request = SignableRequest::new(
        "POST",
        endpoint.as_str(),
        HEADERS.into_iter(),
        SignableBody::Bytes(body),
    )
    .map_err(|error| cannot().because(error))?;
    let (instructions, _) = sign(request, &params.into())
        .map_err(|error| cannot().because(error))?
        .into_parts();
    instructions
        .headers()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot())?;
            let value = HeaderValue::from_str(value).map_err(|_| cannot())?;
            Ok((name, value))
        })
        .collect()
}
