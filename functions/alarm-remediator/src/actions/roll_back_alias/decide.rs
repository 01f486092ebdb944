//! The decision whether an alias is set back.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::playbooks::RollBackAlias;

use super::{
    facts::AliasFacts,
    finding::{Finding, Rates},
    ports::Version,
    refusal::Refusal,
};
use crate::{
    change::{Change, Decision},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// The version that is not published, and to which nothing can be set back.
const LATEST: &str = "$LATEST";

/// Decides on a change or a finding. `facts` is `None` where the function or the alias does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &RollBackAlias,
    facts: Option<&AliasFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let function = candidate.target.as_str();
    let facts = facts.ok_or_else(|| Refusal::Absent(function.to_owned()))?;
    not_own_stack(function, &facts.tags, scope)?;
    let alias = format!("{function}:{}", facts.alias);
    if facts.version.value == Value::Text(LATEST.to_owned()) {
        return Err(Refusal::Latest(alias));
    }
    if !facts.version.settled {
        return Err(Refusal::Weighted(alias));
    }
    let current = facts.current().ok_or_else(|| Refusal::UnknownVersion {
        alias: alias.clone(),
        version: facts.version.value.to_string(),
    })?;
    // `set-alarm-state` puts an alarm into ALARM without a reason in its metric.
    let rates = Rates::of(facts);
    if rates.errors == 0 {
        return Err(Refusal::NoErrors(alias));
    }
    let within = bounds.deployed_within;
    if !is_recent(current, within, now) {
        return Ok(Decision::Diagnose(Finding::NotRecent {
            version: current.number,
            modified_at: current.modified_at,
            within,
        }));
    }
    let previous = facts.previous(current).ok_or_else(|| Refusal::NoPrevious {
        alias: alias.clone(),
        version: current.number,
    })?;
    if let Some(finding) = other_cause(rates, previous, within, now) {
        return Ok(Decision::Diagnose(finding));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    let change = roll_back(candidate, facts, current, previous, rates);
    Ok(Decision::Change(Box::new(change)))
}

/// A cause that the version before does not remove, or that is not certain to be removed by it.
fn other_cause(
    rates: Rates,
    previous: &Version,
    within: Duration,
    now: Timestamp,
) -> Option<Finding> {
    if is_recent(previous, within, now) {
        let previous = previous.number;
        return Some(Finding::SeveralDeployments { previous, within });
    }
    if rates.invocations_before == 0 {
        return Some(Finding::NoTrafficBefore);
    }
    (!rates.has_doubled()).then_some(Finding::FailedBefore(rates))
}

/// Whether a version was published within `within`. One of the future is a wrong clock, and counts as just published.
fn is_recent(version: &Version, within: Duration, now: Timestamp) -> bool {
    let age = now.duration_since(version.modified_at);
    Duration::try_from(age).is_ok_and(|age| age <= within) || age.is_negative()
}

fn roll_back(
    candidate: &Candidate<'_>,
    facts: &AliasFacts,
    current: &Version,
    previous: &Version,
    rates: Rates,
) -> Change {
    let function = &candidate.target;
    let AliasFacts { alias, version, .. } = facts;
    let write = Write {
        setting: Setting::AliasVersion {
            function: function.clone(),
            alias: alias.clone(),
        },
        from: version.value.clone(),
        to: Value::Text(previous.number.to_string()),
        revision: version.revision.clone(),
    };
    let action = format!(
        "set the alias {alias} of {function} from version {} to version {}, the newest before it",
        current.number, previous.number
    );
    let reason = format!(
        "{rates}; version {} is of {}",
        current.number, current.modified_at
    );
    Change::new(candidate, write, action, reason)
}
