//! Composition only.

use event_processor::{
    adapters::Adapters,
    body::{self, RawBody},
    config::Config,
    error::Error,
    handler::Handler,
    rules::RuleSet,
};
use lambda_runtime::{LambdaEvent, Runtime, layers::TracingLayer, service_fn};
use picket_shared::{env::Process, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::start();
    let config = Config::read(&Process).inspect_err(|problems| tracing::error!("{problems}"))?;
    let adapters = Adapters::new(&picket_aws::config().await, &config);
    let handler = Handler::new(
        RuleSet::built_in(&config.environment, &config.stack),
        adapters,
    );
    let handle = async |_: LambdaEvent<()>| {
        let body = body::take().ok_or(Error::NoBody)?;
        handler.handle(&body).await
    };
    Runtime::new(service_fn(handle))
        .layer(RawBody)
        .layer(TracingLayer::new())
        .run()
        .await
}
