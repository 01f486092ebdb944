//! Composition only: the publisher, or the probe runner where the environment names targets.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use metrics_publisher::{adapters::Aws, config::Config, handler::Handler, probe};
use picket_shared::{clock::SystemClock, deadline::Deadline, env::Process, telemetry};
use serde_json::value::RawValue;

type Event = LambdaEvent<Box<RawValue>>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::start();
    let sdk = picket_aws::config().await;
    if probe::config::is_asked(&Process) {
        let config = probe::config::Config::read(&Process, picket_rules::probes::built_in())?;
        let ports = probe::adapters::World::new(&sdk, &config);
        let handler = &probe::handler::Handler::new(config, ports, SystemClock);
        return run(service_fn(async |event: Event| {
            let deadline = Deadline::from_context(event.context.deadline);
            handler
                .handle(event.payload.get().as_bytes(), deadline)
                .await
        }))
        .await;
    }
    let config = Config::read(&Process)?;
    let ports = Aws::new(&sdk, &config);
    let handler = &Handler::new(config, ports, SystemClock);
    run(service_fn(async |event: Event| {
        let deadline = Deadline::from_context(event.context.deadline);
        handler
            .handle(event.payload.get().as_bytes(), deadline)
            .await
    }))
    .await
}
