//! The rules, alerts, dashboards and configurations for Prometheus and its companions that workloads have.

#[path = "prometheus/alertmanager.rs"]
mod alertmanager;
#[path = "prometheus/alerts.rs"]
mod alerts;
#[path = "prometheus/dashboards.rs"]
mod dashboards;
#[path = "prometheus/files.rs"]
mod files;
#[path = "prometheus/tools.rs"]
mod tools;
