//! Decoders of databases, storage and mail.

mod backup;
mod databases;
mod s3;
mod ses;

use picket_rules::routes::AlertKind;

use crate::decode::table::{Row, document, event, text};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    event(AlertKind::Rds, "aws.rds", &["RDS "], databases::rds),
    document(AlertKind::Rds, databases::is_rds, databases::sns),
    event(
        AlertKind::Redshift,
        "aws.redshift",
        &["Redshift "],
        databases::redshift_event,
    ),
    document(AlertKind::Redshift, databases::is_redshift, databases::sns),
    event(
        AlertKind::ElastiCache,
        "aws.elasticache",
        &[
            "ElastiCache ",
            "Cache ",
            "Snapshot Created",
            "Snapshot Creation ",
            "Snapshot Export ",
            "Snapshot Copy ",
        ],
        databases::elasticache_event,
    ),
    document(
        AlertKind::ElastiCache,
        databases::is_elasticache,
        databases::elasticache,
    ),
    event(AlertKind::Dms, "aws.dms", &["DMS "], databases::dms_event),
    document(AlertKind::Dms, databases::is_dms, databases::sns),
    event(
        AlertKind::Backup,
        "aws.backup",
        &[
            "Backup ",
            "Copy Job ",
            "Restore Job ",
            "Recovery Point ",
            "Region Setting ",
            "Report Job ",
            "Restore Testing ",
        ],
        backup::read,
    ),
    text(AlertKind::Backup, backup::is_text, backup::text),
    event(
        AlertKind::S3,
        "aws.s3",
        &["Object ", "Async Copy "],
        s3::event,
    ),
    document(AlertKind::S3, s3::is_notification, s3::notification),
    document(AlertKind::S3, s3::is_test, s3::test),
    event(
        AlertKind::Ses,
        "aws.ses",
        &["Email ", "Sending ", "Advisor Recommendation "],
        ses::event,
    ),
    document(AlertKind::Ses, ses::is_sns, ses::sns),
    document(AlertKind::Ses, ses::is_received, ses::received),
    document(AlertKind::Ses, ses::is_greeting, ses::greeting),
    text(AlertKind::Ses, ses::is_greeting_text, ses::greeting_text),
];
