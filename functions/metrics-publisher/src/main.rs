//! Composition only.

use lambda_runtime::{LambdaEvent, run, service_fn};
use metrics_publisher::{adapters::Aws, config::Config, handler::Handler};
use picket_shared::{clock::SystemClock, deadline::Deadline, env::Process, telemetry};
use serde_json::value::RawValue;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::start();
    let config = Config::read(&Process)?;
    let ports = Aws::new(&picket_aws::config().await, &config);
    let handler = &Handler::new(config, ports, SystemClock);
    run(service_fn(
        move |event: LambdaEvent<Box<RawValue>>| async move {
            let deadline = Deadline::from_context(event.context.deadline);
            handler
                .handle(event.payload.get().as_bytes(), deadline)
                .await
        },
    ))
    .await
}
