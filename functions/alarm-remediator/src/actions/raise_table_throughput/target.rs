//! The table that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::one_target::Names;

/// Names of tables
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
const TABLES: Names = Names {
    dimension: "TableName",
    besides: "_.-",
    longest: 255,
};

pub(crate) const PREFIX: &str = "table/";

/// `table/NAME`, which stands for the table and its indexes.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let name = TABLES.one(playbook, alarm)?;
    Ok(format!("{PREFIX}{name}"))
}

/// The table's name in a target.
pub(crate) fn name(target: &str) -> &str {
    target.strip_prefix(PREFIX).unwrap_or(target)
}
