//! Why nothing is done. Each says it in a sentence for an operator, with its numbers.

use crate::facts::WINDOW_MINUTES;

/// A guard rail that said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule over other alarms names no resource.
    #[error("a composite alarm names no resource: act on the alarms it is made of")]
    Composite,
    /// The message does not name the alarm truly.
    #[error(
        "the message does not carry the alarm's ARN, so its account and region are not certain"
    )]
    NoArn,
    /// A suppressor holds the alarm's actions back.
    #[error("the alarm's actions are suppressed ({0})")]
    Suppressed(String),
    /// The news is old.
    #[error(
        "the alarm changed {age_seconds} s ago; after {limit_seconds} s it may no longer be true"
    )]
    Stale {
        /// How old it is.
        age_seconds: i64,
        /// How old it may be.
        limit_seconds: i64,
    },
    /// The news is from the future.
    #[error("the alarm changes {ahead_seconds} s from now: one of the clocks is wrong")]
    Ahead {
        /// How far.
        ahead_seconds: i64,
    },
    /// The alarm's metric names no target.
    #[error(
        "the alarm's metric has no dimension {0}: an unknown target means nothing, never everything"
    )]
    NoTarget(&'static str),
    /// The target's name is not one that Lambda gives.
    #[error("{0:?} is not the name of a function in the alarm's account and region")]
    InvalidTarget(String),
    /// The alarm watches several.
    #[error(
        "the alarm watches {count} functions ({names}), and which of them is in trouble is not known"
    )]
    SeveralTargets {
        /// How many.
        count: usize,
        /// Their names.
        names: String,
    },
    /// The alarm stands in another account or region.
    #[error("the alarm is in {theirs}, and this remediator acts in {ours} alone")]
    Elsewhere {
        /// Account and region of the alarm.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// The function is one of Picket's.
    #[error("{function} belongs to Picket's own stack {stack}, which is never repaired by itself")]
    OwnStack {
        /// The function.
        function: String,
        /// The stack.
        stack: String,
    },
    /// Something that must be known is not.
    #[error("what must be known could not be read: {0}")]
    Unreachable(String),
    /// There is no such function.
    #[error("there is no function {0} in this account and region")]
    Absent(String),
    /// The function is not on the allow-list.
    #[error("{function} is not tagged {key}={expected} ({}); its owner allows repairs with that tag", found_sentence(.found.as_deref()))]
    NotAllowed {
        /// The function.
        function: String,
        /// The tag's key.
        key: String,
        /// The value that allows.
        expected: String,
        /// The value that it has.
        found: Option<String>,
    },
    /// The reservation is 0.
    #[error(
        "the reserved concurrency of {0} is 0, which stops a function on purpose: whoever stopped it starts it again"
    )]
    Stopped(String),
    /// CloudWatch has no data of the function's concurrency.
    #[error(
        "CloudWatch has no ConcurrentExecutions of {function} in the last {WINDOW_MINUTES} minutes, so it is not known whether its reservation of {reserved} is what throttles"
    )]
    NoData {
        /// The function.
        function: String,
        /// Its reservation.
        reserved: u32,
    },
    /// It was changed a moment ago.
    #[error(
        "{function} was changed {ago_seconds} s ago; the playbook leaves it alone for {cooldown_seconds} s"
    )]
    Cooldown {
        /// The function.
        function: String,
        /// How long ago.
        ago_seconds: i64,
        /// How long it is left alone.
        cooldown_seconds: u64,
    },
    /// The playbook's bound is reached.
    #[error(
        "the reserved concurrency of {function} is {reserved}, and the playbook's maximum is {maximum}"
    )]
    AtMaximum {
        /// The function.
        function: String,
        /// Its reservation.
        reserved: u32,
        /// The most that the playbook allows.
        maximum: u32,
    },
    /// Other functions need what is left.
    #[error(
        "only {unreserved} of the account's {concurrent} executions are unreserved, and the playbook keeps {keep} for the functions without a reservation"
    )]
    AccountExhausted {
        /// What is unreserved.
        unreserved: u32,
        /// The account's limit.
        concurrent: u32,
        /// What the playbook keeps.
        keep: u32,
    },
    /// The kill switch is not on.
    #[error(
        "the kill switch reads {value:?}, not \"on\"; with it on, this would be done: {change}"
    )]
    SwitchedOff {
        /// What it reads.
        value: String,
        /// What would be done.
        change: String,
    },
    /// The kill switch cannot be read.
    #[error("the kill switch could not be read: {0}")]
    SwitchUnreachable(String),
    /// What an operator put in place of the playbooks is broken, or cannot be read.
    #[error(
        "the playbooks' override is refused ({why}), and nothing is done by the built-in ones in its place; they would do this: {change}"
    )]
    PlaybooksRefused {
        /// Why.
        why: String,
        /// What would be done by those that are compiled in.
        change: String,
    },
}

fn found_sentence(found: Option<&str>) -> String {
    found.map_or_else(
        || "it has no such tag".to_owned(),
        |value| format!("it is {value:?}"),
    )
}
