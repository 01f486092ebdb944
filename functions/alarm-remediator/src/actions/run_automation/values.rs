//! The values of a document's parameters, out of the alarm.

use std::collections::BTreeMap;

use picket_rules::playbooks::{Playbook, RunAutomation, Source};
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::playbook::targets;

/// The characters of a value besides letters and digits. A document may put a value into a script, so that quotes,
/// spaces and characters of a shell are refused.
const BESIDES: &str = "-_./:";

/// The longest value: that of a dimension of a metric
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>).
const LONGEST: usize = 1_024;

/// The values by the parameters' names.
pub(super) fn values(
    bounds: &RunAutomation,
    playbook: &Playbook,
    alarm: &Alarm,
) -> Result<BTreeMap<String, String>, Refusal> {
    let value = |(name, source): (&String, &Source)| {
        let value = value(source, playbook, alarm)?;
        Ok((name.clone(), legal(name, value)?))
    };
    bounds.parameters.iter().map(value).collect()
}

fn value(source: &Source, playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    match source {
        Source::AlarmArn => Ok(alarm.arn.clone()),
        Source::Account => Ok(alarm.account.clone()),
        Source::Region => Ok(alarm.region.clone()),
        Source::Dimension(dimension) => {
            let found: Vec<_> = targets(playbook, alarm, dimension).into_iter().collect();
            match found.as_slice() {
                [one] => Ok((*one).to_owned()),
                [] => Err(Refusal::NoDimension(dimension.clone())),
                several => Err(Refusal::Several {
                    dimension: dimension.clone(),
                    values: several.join(", "),
                }),
            }
        }
    }
}

fn legal(parameter: &str, value: String) -> Result<String, Refusal> {
    let legal = |character: char| character.is_ascii_alphanumeric() || BESIDES.contains(character);
    // A leading hyphen would be an option of a command.
    let is_legal =
        (1..=LONGEST).contains(&value.len()) && value.chars().all(legal) && !value.starts_with('-');
    if is_legal {
        return Ok(value);
    }
    Err(Refusal::Illegal {
        parameter: parameter.to_owned(),
        value,
    })
}
