//! The rules, alerts, dashboards and configurations for Prometheus and its companions that workloads have.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is the failure"
)]

#[path = "prometheus/alertmanager.rs"]
mod alertmanager;
#[path = "prometheus/alerts.rs"]
mod alerts;
#[path = "prometheus/answers.rs"]
mod answers;
#[path = "prometheus/arrive.rs"]
mod arrive;
#[path = "prometheus/chart.rs"]
mod chart;
#[path = "prometheus/dashboards.rs"]
mod dashboards;
#[path = "prometheus/files.rs"]
mod files;
#[path = "prometheus/installed.rs"]
mod installed;
#[path = "prometheus/servers.rs"]
mod servers;
#[path = "prometheus/tools.rs"]
mod tools;
#[path = "prometheus/traffic.rs"]
mod traffic;
#[expect(
    dead_code,
    reason = "the forwarder's own tests use the rest of its world"
)]
#[path = "../../functions/slack-forwarder/tests/hostile/world.rs"]
mod world;
