//! The target: the document and the values that it is run with.

use picket_rules::playbooks::{Playbook, RunAutomation, Source};
use picket_shared::alarm::Alarm;

use super::{refusal::Refusal, values::values};

/// `automation/restart` or `automation/restart?Cluster=prod&Service=checkout`. The alarm's ARN is none of it: two alarms
/// on one service are about one target.
pub(crate) fn target(
    playbook: &Playbook,
    bounds: &RunAutomation,
    alarm: &Alarm,
) -> Result<String, Refusal> {
    let values = values(bounds, playbook, alarm)?;
    let named: Vec<_> = values
        .iter()
        .filter(|(name, _)| bounds.parameters.get(*name) != Some(&Source::AlarmArn))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let separator = if named.is_empty() { "" } else { "?" };
    let name = bounds.document.name();
    Ok(format!("automation/{name}{separator}{}", named.join("&")))
}
