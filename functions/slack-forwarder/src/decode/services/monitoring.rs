//! Decoders of alarms and of other monitoring systems' alerts, Picket's own messages among them.

mod alarm_configuration;
mod alarms;
mod heartbeat;
mod prometheus;
mod sns;

use picket_rules::routes::AlertKind;

use crate::decode::table::{Row, Takes, document, event, text};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    Row {
        kind: AlertKind::Alarm,
        takes: Takes::Typed(alarms::alarm),
    },
    document(AlertKind::Alarm, alarms::is_incomplete, alarms::incomplete),
    Row {
        kind: AlertKind::CostReport,
        takes: Takes::Typed(alarms::cost_report),
    },
    Row {
        kind: AlertKind::Remediation,
        takes: Takes::Typed(alarms::remediation),
    },
    Row {
        kind: AlertKind::HealthReport,
        takes: Takes::Typed(alarms::health_report),
    },
    Row {
        kind: AlertKind::SeriesCeiling,
        takes: Takes::Typed(alarms::series_ceiling),
    },
    document(
        AlertKind::Heartbeat,
        heartbeat::is_heartbeat,
        heartbeat::heartbeat,
    ),
    event(
        AlertKind::AlarmConfiguration,
        "aws.cloudwatch",
        &["CloudWatch Alarm Configuration Change"],
        alarm_configuration::read,
    ),
    document(
        AlertKind::Alertmanager,
        prometheus::is_alertmanager,
        prometheus::read,
    ),
    text(
        AlertKind::Alertmanager,
        prometheus::is_broken,
        prometheus::read_broken,
    ),
    text(
        AlertKind::Alertmanager,
        prometheus::is_text,
        prometheus::read_text,
    ),
    document(AlertKind::Grafana, prometheus::is_grafana, prometheus::read),
    document(
        AlertKind::Subscription,
        sns::is_subscription,
        sns::subscription,
    ),
];
