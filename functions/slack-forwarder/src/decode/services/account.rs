//! Decoders of messages about the account: money, health, API calls.

mod budget;
mod cloudtrail;
mod cost;
mod health;

use picket_rules::routes::AlertKind;

use crate::decode::table::{ANY, Row, document, event, text};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    text(AlertKind::Budget, budget::is_budget, budget::budget),
    event(
        AlertKind::CostAnomaly,
        "aws.ce",
        &["Anomaly Detected"],
        cost::anomaly_event,
    ),
    document(AlertKind::CostAnomaly, cost::is_anomaly, cost::anomaly),
    event(
        AlertKind::Health,
        "aws.health",
        &["AWS Health "],
        health::read,
    ),
    event(
        AlertKind::TrustedAdvisor,
        "aws.trustedadvisor",
        &["Trusted Advisor "],
        health::advisor,
    ),
    event(
        AlertKind::CloudTrail,
        ANY,
        &[
            "AWS API Call via CloudTrail",
            "AWS Console ",
            "AWS Service Event via CloudTrail",
            "AWS Insight via CloudTrail",
        ],
        cloudtrail::read,
    ),
    document(
        AlertKind::CloudTrail,
        cloudtrail::is_record,
        cloudtrail::record,
    ),
    document(
        AlertKind::CloudTrail,
        cloudtrail::is_delivery,
        cloudtrail::delivery,
    ),
];
