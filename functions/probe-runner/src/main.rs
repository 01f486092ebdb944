//! Composition only.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use picket_shared::{clock::SystemClock, deadline::Deadline, env::Process, telemetry};
use probe_runner::{adapters::Adapters, config::Config, handler::Handler};
use serde_json::value::RawValue;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::start();
    let config = Config::read(&Process, picket_rules::probes::built_in())
        .inspect_err(|problems| tracing::error!("{problems}"))?;
    let ports = Adapters::new(&picket_aws::config().await, &config);
    let handler = &Handler::new(config, ports, SystemClock);
    run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let deadline = Deadline::from_context(event.context.deadline);
        handler
            .handle(event.payload.get().as_bytes(), deadline)
            .await
    }))
    .await
}
