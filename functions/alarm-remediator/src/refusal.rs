//! The guard rails that the actions share. Each refuses in a sentence for an operator, with its numbers.

use jiff::Timestamp;
use picket_shared::alarm::State;
use rust_decimal::Decimal;

/// A guard rail that forbids a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The message carries no ARN of the alarm.
    #[error(
        "the message does not carry the alarm's ARN, so its account and region are not certain"
    )]
    NoArn,
    /// A suppressor holds back the alarm's actions.
    #[error("the alarm's actions are suppressed ({0})")]
    Suppressed(String),
    /// The change of state is old.
    #[error(
        "the alarm changed {age_seconds} s ago; after {limit_seconds} s it may no longer be true"
    )]
    Stale {
        /// Its age.
        age_seconds: i64,
        /// The greatest age that is acted on.
        limit_seconds: i64,
    },
    /// The alarm behind a composite alarm has been in ALARM for too long.
    #[error(
        "the alarm has been in ALARM for {hours} h; after {limit_hours} h it is not repaired, and a person has to act"
    )]
    LongInAlarm {
        /// How long.
        hours: i64,
        /// The longest after which a change is made.
        limit_hours: i64,
    },
    /// The change of state is in the future.
    #[error("the alarm changes {ahead_seconds} s from now: one of the clocks is wrong")]
    Ahead {
        /// How far.
        ahead_seconds: i64,
    },
    /// The alarm's metric names no target.
    #[error("the alarm's metric has no dimension {0}: without a target nothing is changed")]
    NoTarget(&'static str),
    /// The alarm is in another account or region.
    #[error("the alarm is in {theirs}, and this remediator acts in {ours} alone")]
    Elsewhere {
        /// Account and region of the alarm.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// The alarm's metric belongs to another account.
    #[error(
        "the alarm's metric belongs to account {theirs}, and this remediator acts in {ours} alone"
    )]
    MetricElsewhere {
        /// The metric's account.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// CloudWatch has no such alarm.
    #[error(
        "CloudWatch has no metric alarm {0}: the message is not CloudWatch's, or the alarm was deleted"
    )]
    NoSuchAlarm(String),
    /// CloudWatch has the alarm in another state.
    #[error("CloudWatch has {alarm} in {}, not in ALARM", .state.as_str())]
    NotInAlarm {
        /// The alarm.
        alarm: String,
        /// Its state.
        state: State,
    },
    /// CloudWatch has the alarm over other metrics.
    #[error("CloudWatch has {0} over another metric or other dimensions than the message says")]
    OtherMetric(String),
    /// CloudWatch has the alarm in ALARM by another change of state.
    #[error(
        "CloudWatch has {alarm} in ALARM since {stored}, not since {claimed} as the message says"
    )]
    OtherChange {
        /// The alarm.
        alarm: String,
        /// The time that the message gives.
        claimed: Timestamp,
        /// The time that CloudWatch gives.
        stored: Timestamp,
    },
    /// The target belongs to Picket's own stack.
    #[error("{target} belongs to Picket's own stack {stack}, which is never repaired by itself")]
    OwnStack {
        /// The target.
        target: String,
        /// The stack.
        stack: String,
    },
    /// A fact that must be known could not be read.
    #[error("what must be known could not be read: {0}")]
    Unreachable(String),
    /// The target is not on the allow-list.
    #[error("{target} is not tagged {key}={expected} ({}); its owner allows repairs with that tag", found_sentence(.found.as_deref()))]
    NotAllowed {
        /// The target.
        target: String,
        /// The tag's key.
        key: String,
        /// The value that allows.
        expected: String,
        /// The value of its tag.
        found: Option<String>,
    },
    /// The last change is within the cooldown.
    #[error(
        "{target} was changed {ago_seconds} s ago; the playbook leaves it alone for {cooldown_seconds} s"
    )]
    Cooldown {
        /// The target.
        target: String,
        /// The seconds since it.
        ago_seconds: i64,
        /// The cooldown.
        cooldown_seconds: u64,
    },
    /// The alarm is muted.
    #[error("the alarm's actions are muted ({0})")]
    Muted(String),
    /// Too many targets alarm at one time.
    #[error(
        "{targets} targets are in ALARM within {minutes} minutes, more than {limit}: so many have one cause, which no single repair removes"
    )]
    Storm {
        /// How many.
        targets: usize,
        /// The time in which they are counted.
        minutes: u64,
        /// The most at which changes are made.
        limit: u32,
    },
    /// The playbook has changed the target again and again.
    #[error(
        "the playbook {playbook} has changed {target} {made} times in 24 h and is disarmed for it: the cause is another, and a person has to act; it is armed again when the changes are a day old"
    )]
    Disarmed {
        /// The playbook.
        playbook: String,
        /// The target.
        target: String,
        /// The changes.
        made: usize,
    },
    /// A limit on changes in a window is reached.
    #[error("{of} made {made} changes in the last {hours} h, which is the limit")]
    WindowSpent {
        /// The account or the playbook.
        of: String,
        /// The changes made.
        made: usize,
        /// The window.
        hours: i64,
    },
    /// AWS's quota is nearly used, and its last is a person's.
    #[error(
        "AWS allows {allowed} of {quota} in {hours} h, and Picket has made {used}: the change, and its revert where the playbook has one, would not leave the last one for a person"
    )]
    QuotaKept {
        /// What the quota counts.
        quota: String,
        /// Ours so far.
        used: usize,
        /// AWS's limit.
        allowed: u32,
        /// The window.
        hours: u32,
    },
    /// The incident's changes would cost too much.
    #[error(
        "the changes for this incident would cost ${a_day} a day, and the playbook's budget is ${budget}"
    )]
    OverBudget {
        /// The price of a day.
        a_day: Decimal,
        /// The budget.
        budget: Decimal,
    },
    /// The setting has changed since the plan was made.
    #[error("{setting} is {found} by now, and the plan was made for {expected}")]
    ChangedMeanwhile {
        /// The setting.
        setting: String,
        /// Its value.
        found: String,
        /// The value of the plan.
        expected: String,
    },
    /// An invocation that was stopped may have set the value that the plan is made for, or a person.
    #[error(
        "an earlier change of {setting} to {value} was begun, and how it ended is not known: its follow-up has to end first"
    )]
    Uncertain {
        /// The setting.
        setting: String,
        /// The value of the earlier change.
        value: String,
    },
    /// The revert of this change and those before it is one that AWS refuses.
    #[error(
        "the revert would set {setting} from {to} to {restore}, and AWS allows no less than half at a time: a person has to decide on another step"
    )]
    NoWayBack {
        /// The setting.
        setting: String,
        /// The value of the change.
        to: String,
        /// The value before the first change.
        restore: String,
    },
    /// AWS still applies a change to the resource.
    #[error("AWS is still applying a change to {setting}, which is {value} now")]
    NotSettled {
        /// The setting.
        setting: String,
        /// Its value.
        value: String,
    },
    /// The follow-up could not be scheduled, so nothing would verify or revert the change.
    #[error("the follow-up that verifies and reverts the change could not be scheduled: {0}")]
    NoFollowUp(String),
    /// Other invocations wrote the account's ledger whenever this one was about to.
    #[error(
        "other changes were written into the account's ledger at each of {tries} tries, so that its limits could not be held"
    )]
    Contended {
        /// The tries.
        tries: usize,
    },
    /// The stack does not make changes any more.
    #[error("the stack only observes by now: its RemediationMode is observe")]
    StackObserves,
    /// The playbook, or its part for this kind of change, proposes changes only by now.
    #[error("the playbook {0} only observes this kind of change by now")]
    PlaybookObserves(String),
    /// The kill switch is not on.
    #[error(
        "the kill switch reads {value:?}, not \"on\"; with it on, this would be done: {change}"
    )]
    SwitchedOff {
        /// Its value.
        value: String,
        /// The change that would be made.
        change: String,
    },
    /// The kill switch cannot be read.
    #[error("the kill switch could not be read: {0}")]
    SwitchUnreachable(String),
    /// The playbooks' override is invalid, or cannot be read.
    #[error(
        "the playbooks' override is refused ({why}), and nothing is done by the built-in ones in its place; they would do this: {change}"
    )]
    PlaybooksRefused {
        /// The reason.
        why: String,
        /// The change that the built-in playbooks would make.
        change: String,
    },
}

fn found_sentence(found: Option<&str>) -> String {
    found.map_or_else(
        || "it has no such tag".to_owned(),
        |value| format!("it is {value:?}"),
    )
}
