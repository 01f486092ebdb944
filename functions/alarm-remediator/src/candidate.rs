//! What the alarm alone says: which playbook, which function, or why neither.

use jiff::Timestamp;
use picket_rules::playbooks::Playbook;
use picket_shared::alarm::{Alarm, State, Watches};

use crate::{
    plan::{Idle, Plan, Refused, Scope},
    playbook::{matching, targets},
    refusal::Refusal,
};

/// How old an alarm may be: [`crate::facts::WINDOW_MINUTES`], since that is what is measured to confirm it.
pub const STALE_AFTER_SECONDS: i64 = 15 * 60;

/// How far the clocks of CloudWatch and Lambda may be apart.
const CLOCK_SKEW_SECONDS: i64 = 60;

/// The dimension that names a function.
const FUNCTION_NAME: &str = "FunctionName";

/// The longest name that Lambda gives a function (`CreateFunction`).
const LONGEST_NAME: usize = 64;

/// An alarm that a playbook is for, about one function of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    pub(crate) playbook: &'a Playbook,
    /// The function's name, without version or alias.
    pub function: &'a str,
}

/// What the alarm alone leads to.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Triage<'a> {
    /// The function must be looked at.
    Look(Candidate<'a>),
    /// The plan needs no look.
    Settled(Plan),
}

/// Decides what the alarm alone can decide.
pub fn triage<'a>(alarm: &'a Alarm, scope: &Scope<'a>, now: Timestamp) -> Triage<'a> {
    if alarm.state != State::Alarm {
        return Triage::Settled(Plan::Nothing(Idle::State(alarm.state)));
    }
    if matches!(alarm.watches, Watches::Composite { .. }) {
        return Triage::Settled(refused(None, None, Refusal::Composite));
    }
    let Some(playbook) = matching(scope.playbooks, alarm) else {
        return Triage::Settled(Plan::Nothing(Idle::NoPlaybook));
    };
    let function = match fresh(alarm, now).and_then(|()| function(playbook, alarm)) {
        Ok(function) => function,
        Err(refusal) => return Triage::Settled(refused(Some(playbook), None, refusal)),
    };
    match ours_to_touch(alarm, function, scope) {
        Ok(()) => Triage::Look(Candidate { playbook, function }),
        Err(refusal) => Triage::Settled(refused(Some(playbook), Some(function), refusal)),
    }
}

pub(crate) fn refused(playbook: Option<&Playbook>, target: Option<&str>, refusal: Refusal) -> Plan {
    Plan::Refuse(Refused {
        playbook: playbook.map(|playbook| playbook.name.clone()),
        target: target.map(str::to_owned),
        refusal,
    })
}

/// That the alarm says who it is, may act, and is news.
fn fresh(alarm: &Alarm, now: Timestamp) -> Result<(), Refusal> {
    if alarm.arn.is_empty() {
        return Err(Refusal::NoArn);
    }
    if let Some(suppressor) = &alarm.actions_suppressed_by {
        return Err(Refusal::Suppressed(suppressor.clone()));
    }
    let age_seconds = now.duration_since(alarm.changed_at).as_secs();
    if age_seconds > STALE_AFTER_SECONDS {
        return Err(Refusal::Stale {
            age_seconds,
            limit_seconds: STALE_AFTER_SECONDS,
        });
    }
    if age_seconds < -CLOCK_SKEW_SECONDS {
        return Err(Refusal::Ahead {
            ahead_seconds: -age_seconds,
        });
    }
    Ok(())
}

/// The one function that the alarm is about.
fn function<'a>(playbook: &Playbook, alarm: &'a Alarm) -> Result<&'a str, Refusal> {
    let names = targets(playbook, alarm, FUNCTION_NAME);
    match names.len() {
        0 => Err(Refusal::NoTarget(FUNCTION_NAME)),
        1 => names
            .first()
            .and_then(|name| base_name(name, alarm))
            .ok_or_else(|| Refusal::InvalidTarget(names.into_iter().map(str::to_owned).collect())),
        count => Err(Refusal::SeveralTargets {
            count,
            names: names.into_iter().collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The function's name out of a name, a name with an alias, or an ARN of the alarm's own account and region: a reservation
/// is for all versions, and Lambda refuses qualified names for it.
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

/// A function of the same name may stand here too: an alarm of elsewhere is none of ours. Nor is our own stack.
fn ours_to_touch(alarm: &Alarm, function: &str, scope: &Scope<'_>) -> Result<(), Refusal> {
    let home = scope.home;
    let place = (&alarm.partition, &alarm.region, &alarm.account);
    if place != (&home.partition, &home.region, &home.account) {
        return Err(Refusal::Elsewhere {
            theirs: format!("{} {}", alarm.account, alarm.region),
            ours: format!("{} {}", home.account, home.region),
        });
    }
    if scope.is_own_stack(function) {
        return Err(Refusal::OwnStack {
            function: function.to_owned(),
            stack: home.stack.clone(),
        });
    }
    Ok(())
}
