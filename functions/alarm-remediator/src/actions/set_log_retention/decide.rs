//! The decision on a log group's facts.

use jiff::Timestamp;
use picket_rules::playbooks::SetLogRetention;

use super::{facts::GroupFacts, refusal::Refusal, target};
use crate::{
    change::Change,
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// Decides on a change. `facts` is `None` where the group does not exist. A group that keeps its events for ever is the
/// cause itself, so that there is nothing to diagnose.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: SetLogRetention,
    facts: Option<&GroupFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let target = &candidate.target;
    let facts = facts.ok_or_else(|| Refusal::Absent(target.clone()))?;
    not_own_stack(target, &facts.tags, scope)?;
    if let Some(days) = facts.group.retention_days {
        return Err(Refusal::Chosen {
            target: target.clone(),
            days,
        });
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    let days = bounds.days;
    let write = Write {
        setting: Setting::LogRetention {
            group: target::name(target).to_owned(),
        },
        from: Value::Absent,
        to: Value::Number(days.into()),
        revision: None,
    };
    let action = format!("set the retention of {target} from never to {days} days");
    // <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
    let reason = format!(
        "it stores {} bytes and deletes none of them; CloudWatch Logs deletes events older than {days} days within 72 hours, \
         and putting the retention back does not bring them back",
        facts.group.stored_bytes
    );
    // Storage costs less afterwards: there is no price.
    Ok(Change::new(candidate, write, action, reason))
}
