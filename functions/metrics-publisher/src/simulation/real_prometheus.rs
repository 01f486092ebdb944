//! A real Prometheus on loopback that is written to and queried.
//!
//! `scripts/prometheus.sh` puts Debian's into `target/`. Where there is none the test says so and skips, unless
//! `PICKET_REQUIRE_PROMETHEUS` is set, as CI does.

mod server;

use aws_config::SdkConfig;
use picket_shared::{
    deadline::Deadline,
    env::{Process, Variables},
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
};

use server::{Prometheus, installed};

use super::{TICK, World, config};
use crate::{
    adapters::remote_write::RemoteWrite,
    config::{Authorization, Receiver},
    handler::Handler,
    ports::SamplesError,
    prometheus::{
        labels::{Labels, PrometheusType},
        samples::gauge,
    },
    remote_write::WriteRequest,
};

fn series(name: &str, unit: &str, minute: i64, aggregate: Aggregate) -> SeriesMinute {
    SeriesMinute {
        key: SeriesKey {
            namespace: "SchedulingAgent".into(),
            name: name.into(),
            unit: unit.into(),
            dimensions: vec![("Environment".into(), "dev".into())],
        },
        minute,
        aggregate,
    }
}

/// A process's tick, with time passing beside it.
async fn tick(world: &World, handler: &Handler<World, World>) {
    let deadline = Deadline::from_context(world.now_ms().cast_unsigned() + 50_000);
    let time = async {
        loop {
            world.pass(1);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        summary = handler.handle(TICK, deadline) => {
            assert_eq!(summary.unwrap().refused_samples, 0);
        }
        () = time => {}
    }
}

/// Twelve sessions a minute for ten minutes, and a thousand latencies evenly from ten milliseconds to a second.
async fn assert_answers(prometheus: &Prometheus, end: i64) {
    let close = |value: f64, expected: f64, tolerance: f64| {
        assert!(
            (value - expected).abs() <= tolerance,
            "{value}, not {expected}"
        );
    };
    let sessions = r#"scheduling_agent_sessions_total{environment="dev",stack="picket-dev"}"#;
    close(prometheus.ask(sessions, end).await, 120.0, 0.0);
    // Twelve a minute, extrapolated to the window's ends.
    close(
        prometheus.ask(&format!("rate({sessions}[5m])"), end).await,
        0.2,
        0.01,
    );
    let increase = format!("increase({sessions}[15m])");
    close(prometheus.ask(&increase, end).await, 120.0, 15.0);
    let name = "scheduling_agent_tool_latency_seconds";
    close(
        prometheus.ask(&format!("{name}_count"), end).await,
        1_000.0,
        0.0,
    );
    close(
        prometheus.ask(&format!("{name}_sum"), end).await,
        505.0,
        1e-6,
    );
    close(
        prometheus
            .ask(&format!(r#"{name}_bucket{{le="0.25"}}"#), end)
            .await,
        250.0,
        0.0,
    );
    for (quantile, expected) in [(0.25, 0.25), (0.5, 0.5), (0.9, 0.9), (0.99, 0.99)] {
        let query = format!("histogram_quantile({quantile}, rate({name}_bucket[5m]))");
        close(prometheus.ask(&query, end).await, expected, 0.011);
    }
    close(
        prometheus
            .ask(r#"picket_cursor_age_seconds{sink="Prometheus"}"#, end)
            .await,
        0.0,
        0.0,
    );
}

#[tokio::test]
async fn a_real_prometheus_answers_what_the_aggregates_say() {
    let Some(program) = installed() else {
        assert!(
            Process.get("PICKET_REQUIRE_PROMETHEUS").is_none(),
            "there is no Prometheus; run scripts/prometheus.sh"
        );
        eprintln!("skipped: there is no Prometheus; scripts/prometheus.sh puts one into target/");
        return;
    };
    let prometheus = Prometheus::start(&program).await;
    let world = World::new(30);
    let receiver = Receiver {
        endpoint: prometheus.address.join("api/v1/write").unwrap(),
        authorization: Authorization::None,
    };
    world.write_to(RemoteWrite::new(&SdkConfig::builder().build(), &receiver));
    let mut handler = Handler::new(config(), world.clone(), world.clone());
    let begun = world.now_ms();
    for minute in 0..10 {
        // Twelve sessions a minute over two shards, and a hundred latencies of 10, 20, … 1,000 ms.
        let now = world.now_ms() / 60_000;
        let sum = |sum| {
            Aggregate::Sum(Statistics {
                count: 1,
                sum,
                min: sum,
                max: sum,
            })
        };
        world.commit_series(0, vec![series("Sessions", "Count", now, sum(5.0))]);
        let mut latencies = Sketch::of(10.0).unwrap();
        (2..=100).for_each(|i| assert!(latencies.add(f64::from(i) * 10.0)));
        world.commit_series(
            1,
            vec![
                series("Sessions", "Count", now, sum(7.0)),
                series(
                    "ToolLatencyMs",
                    "Milliseconds",
                    now,
                    Aggregate::Distribution(latencies),
                ),
            ],
        );
        world.pass(60_000 - (world.now_ms() - begun) % 60_000);
        if minute == 5 {
            handler = Handler::new(config(), world.clone(), world.clone());
        }
        tick(&world, &handler).await;
    }
    let end = world.now_ms();
    assert_answers(&prometheus, end).await;

    // A sample that is older than one already stored is rejected permanently: it is counted and not retried.
    let key = series("Sessions", "Count", 0, Aggregate::Sum(Statistics::of(1.0))).key;
    let labels = Labels::of(&key, PrometheusType::Counter, "picket-dev");
    let late = WriteRequest {
        timeseries: vec![gauge(&labels, 1.0, end - 120_000)],
    };
    let refused = RemoteWrite::new(&SdkConfig::builder().build(), &receiver)
        .write(&late)
        .await;
    assert!(
        matches!(refused, Err(SamplesError::Final(_))),
        "{refused:?}"
    );
}
