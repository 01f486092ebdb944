//! Composition only.

use alarm_remediator::{
    adapters::Adapters, config::Config, handler::Handler, invocation::Invocation,
};
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
        let invocation = Invocation::from(&event.context);
        let body = event.payload.get().as_bytes();
        Box::pin(handler.handle(body, &invocation)).await
    }))
    .await
}
