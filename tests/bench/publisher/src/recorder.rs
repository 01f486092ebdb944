//! `metrics_cloudwatch`: a recorder of the `metrics` crate that sends what was recorded.

use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use metrics::{Key, Label, Level, Metadata};
use tokio::sync::oneshot;

use crate::{
    cloudwatch::CloudWatch,
    processor,
    series::{self, NAMESPACE, SERIES},
};

/// What it buffers between recording and collecting; more than that at once is dropped.
const ROOM: u32 = 20;

/// Time of recording and sending together: it adds up while it records, so that packing has no time of its own.
pub async fn send(cloudwatch: &CloudWatch) -> (Duration, Duration) {
    let (stop, stopped) = oneshot::channel::<()>();
    let driver = metrics_cloudwatch::Builder::new()
        .cloudwatch_namespace(NAMESPACE)
        .default_dimension("Environment", "prod")
        .send_interval_secs(3_600)
        .shutdown_signal(Box::pin(async {
            let _ = stopped.await;
        }))
        .init_async(
            Client::new(&cloudwatch.config()),
            metrics::set_global_recorder,
        )
        .await
        .expect("there is no other recorder");
    let begun = processor::time();
    let recording = async {
        for i in 0..SERIES {
            record(i);
            // One thread: the collector runs when this gives way, and its channel must not be full by then.
            if i % ROOM == 0 {
                tokio::task::yield_now().await;
            }
        }
        tokio::task::yield_now().await;
        let _ = stop.send(());
    };
    tokio::join!(driver, recording);
    (processor::time() - begun, Duration::ZERO)
}

fn record(i: u32) {
    let metadata = Metadata::new(module_path!(), Level::INFO, None);
    let (name, agent) = series::name(i);
    let key = Key::from_parts(name, vec![Label::new("AgentId", agent)]);
    metrics::with_recorder(|recorder| match series::values(i) {
        None => recorder
            .register_counter(&key, &metadata)
            .increment(u64::from(i)),
        Some(values) => {
            let histogram = recorder.register_histogram(&key, &metadata);
            values.for_each(|value| histogram.record(value));
        }
    });
}
