//! A CloudWatch in the place of the SDK's connector: it counts what it is sent, after signing and compression, and says
//! yes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;

#[derive(Debug, Clone, Default)]
pub struct CloudWatch {
    requests: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl CloudWatch {
    /// Requests and bytes.
    pub fn counted(&self) -> (usize, usize) {
        (
            self.requests.load(Ordering::Relaxed),
            self.bytes.load(Ordering::Relaxed),
        )
    }

    /// What a client of it is made from; all else is the SDK's default.
    pub fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                "AKIDBENCH",
                "secret",
                None,
            )))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }
}

impl HttpConnector for CloudWatch {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let bytes = request.body().bytes().map_or(0, <[u8]>::len);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let ok = StatusCode::try_from(200).expect("200 is a status");
        let mut response = HttpResponse::new(ok, SdkBody::from(&b"\xa0"[..]));
        let headers = response.headers_mut();
        headers.insert("smithy-protocol", "rpc-v2-cbor");
        headers.insert("content-type", "application/cbor");
        HttpConnectorFuture::ready(Ok(response))
    }
}
