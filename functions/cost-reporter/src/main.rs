//! Composition only.

use cost_reporter::{adapters::Adapters, config::Config, handler::Handler};
use lambda_runtime::{LambdaEvent, run, service_fn};
use picket_shared::{clock::SystemClock, env::Process, telemetry};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::start();
    let config = Config::read(&Process).inspect_err(|problems| tracing::error!("{problems}"))?;
    let ports = Adapters::new(&picket_aws::config().await, &config);
    let handler = &Handler::new(config, ports, SystemClock);
    run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let account = event.context.invoked_function_arn.split(':').nth(4);
        let body = event.payload.get().as_bytes();
        Box::pin(handler.handle(body, account)).await
    }))
    .await
}
