//! One playbook.

use std::{str::FromStr, time::Duration};

use rust_decimal::Decimal;

use super::{
    Action, AlarmMatch, Mode, Tag,
    values::{Dollars, Positive, Span, Text},
};
use crate::yaml::{Fields, Log, Node, parse};

/// The changes of a playbook in a day, where it states no number: two incidents that each need three steps.
const ACTIONS_PER_DAY: u32 = 6;
/// The time in which an alarm must be OK again, where the playbook states none: three of the five-minute periods in
/// which most alarms are evaluated.
const VERIFY_WITHIN: Duration = Duration::from_mins(15);
/// The changes of one target in a day, where the playbook states no number.
const DISARM_AFTER: u32 = 3;
/// How long a plan waits for approval, where the playbook states no time.
const EXPIRES: Duration = Duration::from_mins(30);

/// One playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Its name, unique in the file.
    pub name: String,
    /// Whether its changes are proposed, made after approval, or made. The mode of the stack is the upper limit.
    pub mode: Mode,
    /// The alarms it is for.
    pub matches: AlarmMatch,
    /// The action.
    pub action: Action,
    /// The tag without which a resource is left alone. The remediator's role requires [`Tag::OF_ROLE`] besides.
    pub allow_tag: Tag,
    /// The time between two actions on a target.
    pub cooldown: Duration,
    /// The most changes of this playbook in 24 hours.
    pub actions_per_day: u32,
    /// How long after the change the alarm must be OK; otherwise a person is notified.
    pub verify_within: Duration,
    /// How long the alarm must have been OK for the change to be reverted. `None`: it is not reverted.
    pub healthy_for: Option<Duration>,
    /// The changes of one target in 24 hours after which this playbook leaves it alone.
    pub disarm_after: u32,
    /// The most that the changes of one incident may cost, in US dollars.
    pub budget: Option<Decimal>,
    /// How long a plan waits for approval.
    pub expires: Duration,
}

impl Playbook {
    pub(super) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "a playbook", log)?;
        let name = fields.parse_required::<Text>("name", log);
        let mode = parse_or(&mut fields, "mode", Mode::Observe, log);
        let matches = fields
            .required("match", log)
            .and_then(|node| AlarmMatch::read(node, log));
        let action = fields
            .required("action", log)
            .and_then(|node| Action::read(node, mode, log));
        let allow_tag = parse_or(&mut fields, "allow-tag", Tag::of_role(), log);
        let cooldown = fields.parse_required::<Span>("cooldown", log);
        let actions_per_day = parse_or(
            &mut fields,
            "actions-per-day",
            Positive(ACTIONS_PER_DAY),
            log,
        );
        let verify_within = parse_or(&mut fields, "verify-within", Span(VERIFY_WITHIN), log);
        let healthy_for = fields.parse::<Span>("healthy-for", log);
        let disarm_after = parse_or(&mut fields, "disarm-after", Positive(DISARM_AFTER), log);
        let budget = fields.parse::<Dollars>("budget", log);
        let expires = parse_or(&mut fields, "expires", Span(EXPIRES), log);
        if let (Some(Action::RollBackAlias(_)), Some(node)) =
            (&action, fields.optional("healthy-for"))
        {
            let message = "`healthy-for` would bring the failing version back: a rollback is reverted by the next deployment";
            log.at(node.at, message);
        }
        if let (Some(action), Some(node)) = (&action, fields.optional("healthy-for"))
            && action.is_run()
        {
            let message = format!(
                "`healthy-for` reverts a change, and `{}` cannot be taken back",
                action.name()
            );
            log.at(node.at, message);
        }
        fields.finish(log);
        Some(Self {
            name: name?.0,
            mode: mode?,
            matches: matches?,
            action: action?,
            allow_tag: allow_tag?,
            cooldown: cooldown?.0,
            actions_per_day: actions_per_day?.0,
            verify_within: verify_within?.0,
            healthy_for: healthy_for.map(|span| span.0),
            disarm_after: disarm_after?.0,
            budget: budget.map(|dollars| dollars.0),
            expires: expires?.0,
        })
    }
}

/// A field's value, or its default where it is absent; `None` where it is wrong, which is then written down.
pub(super) fn parse_or<T: FromStr<Err: std::fmt::Display>>(
    fields: &mut Fields<'_>,
    name: &'static str,
    default: T,
    log: &mut Log,
) -> Option<T> {
    match fields.optional(name) {
        Some(node) => parse(node, name, log),
        None => Some(default),
    }
}
