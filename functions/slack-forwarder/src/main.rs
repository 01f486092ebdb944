//! Composition only.
// The SDK's futures inside the handler's nest deeper than the compiler looks by default.
#![recursion_limit = "256"]

use lambda_runtime::{LambdaEvent, run, service_fn};
use picket_shared::{clock::SystemClock, deadline::Deadline, env::Process, telemetry};
use serde_json::value::RawValue;
use slack_forwarder::{adapters::Adapters, config::Config, handler::Handler, route};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::start();
    let config = Config::read(&Process).inspect_err(|problems| tracing::error!("{problems}"))?;
    let ports = Adapters::new(&picket_aws::config().await, &config);
    let handler = &Handler::new(config, route::built_in(), ports, SystemClock);
    run(service_fn(
        move |event: LambdaEvent<Box<RawValue>>| async move {
            let deadline = Deadline::from_context(event.context.deadline);
            handler
                .handle(
                    event.payload.get().as_bytes(),
                    deadline,
                    &event.context.request_id,
                )
                .await
        },
    ))
    .await
}
