//! The function that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::{playbook::targets, refusal};

/// The dimension that names a function.
const FUNCTION_NAME: &str = "FunctionName";

/// The dimension that names an alias or a version, as `function:alias`.
pub(crate) const RESOURCE: &str = "Resource";

/// The longest name that Lambda accepts for a function (`CreateFunction`).
const LONGEST_NAME: usize = 64;

/// The name of the one function that the alarm is about.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let names = targets(playbook, alarm, FUNCTION_NAME);
    match names.len() {
        0 => Err(refusal::Refusal::NoTarget(FUNCTION_NAME).into()),
        1 => names
            .first()
            .and_then(|name| base_name(name, alarm))
            .map(str::to_owned)
            .ok_or_else(|| {
                let names = names.into_iter().map(str::to_owned).collect();
                Refusal::InvalidName(names)
            }),
        count => Err(Refusal::Several {
            count,
            names: names.into_iter().collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The alias or version of the function that the alarm is about; `None` where it names none, or several.
pub(crate) fn qualifier(playbook: &Playbook, alarm: &Alarm, function: &str) -> Option<String> {
    let resources = targets(playbook, alarm, RESOURCE);
    if resources.len() > 1 {
        return None;
    }
    let (base, qualifier) = resources.first()?.split_once(':')?;
    let legal = |character: char| character.is_ascii_alphanumeric() || "-_$".contains(character);
    (base == function && !qualifier.is_empty() && qualifier.chars().all(legal))
        .then(|| qualifier.to_owned())
}

/// The function's name out of a name, a name with an alias, or an ARN of the alarm's own account and region: a
/// reservation applies to all versions, and Lambda rejects qualified names for it.
fn base_name<'a>(name: &'a str, alarm: &Alarm) -> Option<&'a str> {
    let prefix = format!(
        "arn:{}:lambda:{}:{}:function:",
        alarm.partition, alarm.region, alarm.account
    );
    let unprefixed = name.strip_prefix(&prefix).unwrap_or(name);
    let (base, _qualifier) = unprefixed.split_once(':').unwrap_or((unprefixed, ""));
    let legal = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    let colons = unprefixed.matches(':').count();
    (colons <= 1 && (1..=LONGEST_NAME).contains(&base.len()) && base.chars().all(legal))
        .then_some(base)
}
