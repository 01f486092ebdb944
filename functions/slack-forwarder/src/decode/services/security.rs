//! Decoders of findings of the security services.

mod certificate;
mod config;
mod guardduty;
mod inspector;
mod scanners;
mod security_hub;

use picket_rules::routes::AlertKind;

use crate::decode::table::{Row, document, event};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    event(
        AlertKind::GuardDuty,
        "aws.guardduty",
        &["GuardDuty Finding"],
        guardduty::finding,
    ),
    event(
        AlertKind::MalwareScan,
        "aws.guardduty",
        &["GuardDuty Malware Protection "],
        guardduty::malware,
    ),
    event(
        AlertKind::RuntimeCoverage,
        "aws.guardduty",
        &["GuardDuty Runtime Protection "],
        guardduty::coverage,
    ),
    event(
        AlertKind::SecurityHub,
        "aws.securityhub",
        &["Security Hub ", "Findings Imported"],
        security_hub::read,
    ),
    document(
        AlertKind::SecurityHub,
        security_hub::is_bare,
        security_hub::bare,
    ),
    event(
        AlertKind::Inspector,
        "aws.inspector",
        &["Inspector2 ", "Inspector "],
        inspector::read,
    ),
    document(
        AlertKind::Inspector,
        inspector::is_classic,
        inspector::classic,
    ),
    event(AlertKind::Macie, "aws.macie", &["Macie "], scanners::macie),
    event(
        AlertKind::AccessAnalyzer,
        "aws.access-analyzer",
        &[
            "Access Analyzer ",
            "Access Preview ",
            "Unused Access ",
            "Internal Access ",
        ],
        scanners::access_analyzer,
    ),
    event(AlertKind::Config, "aws.config", &["Config "], config::read),
    document(AlertKind::Config, config::is_sns, config::sns),
    document(
        AlertKind::Config,
        config::is_rule_invocation,
        config::rule_invocation,
    ),
    event(
        AlertKind::Certificate,
        "aws.acm",
        &["ACM "],
        certificate::certificate,
    ),
];
