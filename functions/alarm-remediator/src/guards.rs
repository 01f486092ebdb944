//! The checks of the guard rails that the actions share.

mod limits;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::alarm::Alarm;

use crate::{
    audit::ReadAudit,
    model::{Candidate, Home, Scope},
    refusal::Refusal,
};

pub use limits::History;
pub(crate) use limits::{quota_kept, within_limits};

/// The tags that name the stack of a function: `CloudFormation`'s, and the one that the templates of nested stacks set,
/// since a nested stack has a name of its own. A name alone says nothing: a function of the stack `picket-orders`
/// begins with `picket-` too.
pub(crate) const STACK_TAGS: [&str; 2] = ["aws:cloudformation:stack-name", "picket:stack"];

/// The greatest age of a change of state that is acted on: the window of the metrics that confirm it
/// ([`crate::actions::function::WINDOW_MINUTES`]).
pub(crate) const STALE_AFTER_SECONDS: i64 = 15 * 60;

/// How long an alarm that stays in ALARM is planned for again, where its cause may pass: after a day of it, a person has
/// had the alarm for long.
const PLANNED_AGAIN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The longest time from an alarm's change of state to a plan for it: that of an alarm behind a composite alarm, which is
/// notified when the composite alarm changes, or of one that is planned for again. Audit rows are sorted by the alarm's
/// time, and are read back so far.
pub(crate) const PLANNED_FOR: SignedDuration =
    SignedDuration::from_secs(PLANNED_AGAIN_FOR.as_secs() + STALE_AFTER_SECONDS);

/// The greatest difference between the clocks of CloudWatch and Lambda that is accepted.
pub(crate) const CLOCK_SKEW_SECONDS: i64 = 60;

/// Refuses an alarm without an ARN, one whose actions are suppressed or muted, and a notification, of the change at
/// `notified_at`, that is not of the present.
pub(crate) fn fresh(alarm: &Alarm, notified_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if alarm.arn.is_empty() {
        return Err(Refusal::NoArn);
    }
    if let Some(suppressor) = &alarm.actions_suppressed_by {
        return Err(Refusal::Suppressed(suppressor.clone()));
    }
    if let Some(rule) = &alarm.muted_by {
        return Err(Refusal::Muted(rule.clone()));
    }
    let age_seconds = now.duration_since(notified_at).as_secs();
    if age_seconds > STALE_AFTER_SECONDS {
        return Err(Refusal::Stale {
            age_seconds,
            limit_seconds: STALE_AFTER_SECONDS,
        });
    }
    let in_alarm = now.duration_since(alarm.changed_at);
    if in_alarm > PLANNED_FOR {
        return Err(Refusal::LongInAlarm {
            hours: in_alarm.as_hours(),
            limit_hours: PLANNED_FOR.as_hours(),
        });
    }
    if age_seconds < -CLOCK_SKEW_SECONDS {
        return Err(Refusal::Ahead {
            ahead_seconds: -age_seconds,
        });
    }
    Ok(())
}

/// Refuses an alarm of another account or region, or over another account's metric: a resource of the same name may
/// exist here.
pub(crate) fn at_home(alarm: &Alarm, home: &Home) -> Result<(), Refusal> {
    let origin = (&alarm.partition, &alarm.region, &alarm.account);
    if origin != (&home.partition, &home.region, &home.account) {
        return Err(Refusal::Elsewhere {
            theirs: format!("{} {}", alarm.account, alarm.region),
            ours: format!("{} {}", home.account, home.region),
        });
    }
    let mut accounts = alarm
        .watches
        .metrics()
        .iter()
        .filter_map(|metric| metric.account.as_ref());
    match accounts.find(|account| **account != home.account) {
        Some(theirs) => Err(Refusal::MetricElsewhere {
            theirs: theirs.clone(),
            ours: home.account.clone(),
        }),
        None => Ok(()),
    }
}

/// Refuses a target of the remediator's own stack, by the target's tags.
pub(crate) fn not_own_stack(
    target: &str,
    tags: &BTreeMap<String, String>,
    scope: &Scope<'_>,
) -> Result<(), Refusal> {
    let own = &scope.home.stack;
    if STACK_TAGS.iter().any(|tag| tags.get(*tag) == Some(own)) {
        return Err(Refusal::OwnStack {
            target: target.to_owned(),
            stack: own.clone(),
        });
    }
    Ok(())
}

/// Refuses a target without the playbook's tag.
pub(crate) fn allowed(
    candidate: &Candidate<'_>,
    tags: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    allowed_as(&candidate.target, candidate, tags)
}

/// Refuses a resource of the target, by the name `resource`, without the playbook's tag.
pub(crate) fn allowed_as(
    resource: &str,
    candidate: &Candidate<'_>,
    tags: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let tag = &candidate.playbook.allow_tag;
    let found = tags.get(&tag.key);
    if found == Some(&tag.value) {
        return Ok(());
    }
    Err(Refusal::NotAllowed {
        target: resource.to_owned(),
        key: tag.key.clone(),
        expected: tag.value.clone(),
        found: found.cloned(),
    })
}

/// Refuses a target whose last change is within the playbook's cooldown.
pub(crate) fn cooled_down(
    candidate: &Candidate<'_>,
    last_changed: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(changed) = last_changed else {
        return Ok(());
    };
    let ago_seconds = now.duration_since(changed).as_secs();
    let cooldown_seconds = candidate.playbook.cooldown.as_secs();
    // A change in the future is a wrong clock: it counts as just made.
    if u64::try_from(ago_seconds).is_ok_and(|ago| ago >= cooldown_seconds) {
        return Ok(());
    }
    Err(Refusal::Cooldown {
        target: candidate.target.clone(),
        ago_seconds,
        cooldown_seconds,
    })
}

/// Reads when the remediator last began a change of the target, as far back as the cooldown reaches. Audit rows are
/// sorted by the alarm's time: a change within the cooldown may have been planned a day after that, and have waited for a
/// person.
pub(crate) async fn last_changed(
    candidate: &Candidate<'_>,
    audit: &impl ReadAudit,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let cooldown = i64::try_from(candidate.playbook.cooldown.as_secs()).unwrap_or(i64::MAX);
    let expires = candidate.playbook.expires.as_secs();
    let waited = i64::try_from(expires).unwrap_or(i64::MAX);
    let reach = cooldown
        .saturating_add(PLANNED_FOR.as_secs())
        .saturating_add(waited);
    let since = now
        .saturating_sub(SignedDuration::from_secs(reach))
        .unwrap_or(Timestamp::MIN);
    let entries = audit.entries(&candidate.target, since).await?;
    let changed = entries.iter().filter(|(_, entry)| entry.changed);
    Ok(changed.map(|(_, entry)| entry.recorded_at).max())
}
