//! The lead of a group: the most urgent message of the group that was posted in a window. What is not more urgent
//! follows it.

use jiff::Timestamp;

use crate::delivery_log::{Claim, Row, Urgency};

/// Where a message stands in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupRole {
    /// It is more urgent than everything that was posted: it leads.
    Leads,
    /// Another one was posted that is as urgent.
    Follows,
    /// Another invocation is posting the lead now.
    Waits,
}

/// Where a message of this urgency stands by its group's row. `owner` is who would claim the row to post it.
pub fn group_role(lead: &Row, urgency: Urgency, owner: &str, now: Timestamp) -> GroupRole {
    let is_posted = lead.sent || lead.message.is_some();
    // A row without an urgency is of a version in which the first message led, whatever it was.
    if is_posted && lead.urgency.is_none_or(|posted| posted >= urgency) {
        return GroupRole::Follows;
    }
    let is_claimed = |claim: &Claim| claim.owner != owner && claim.until > now;
    if lead.claim.as_ref().is_some_and(is_claimed) {
        GroupRole::Waits
    } else {
        GroupRole::Leads
    }
}

#[cfg(test)]
mod tests {
    use picket_shared::{Severity, alarm::State};

    use super::*;
    use crate::{delivery_log::Event, incident::Change};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn posted(urgency: Option<Urgency>) -> Row {
        Row {
            sent: true,
            urgency,
            ..Row::default()
        }
    }

    #[test]
    fn an_ok_is_less_urgent_than_any_alarm_and_severities_are_in_order() {
        let change = |state| Event::Change(Change::new(state, at(1)));
        let order = [
            Urgency::of(change(State::Ok), Severity::Critical),
            Urgency::of(change(State::InsufficientData), Severity::Critical),
            Urgency::of(change(State::Alarm), Severity::Info),
            Urgency::of(Event::Message, Severity::Warning),
            Urgency::of(change(State::Alarm), Severity::Critical),
        ];
        assert!(order.is_sorted_by(|less, more| less < more), "{order:?}");
    }

    #[test]
    fn what_is_more_urgent_than_all_that_was_posted_leads() {
        use Urgency::{Critical, Ok, Warning};
        for (lead, urgency, expected) in [
            (Row::default(), Ok, GroupRole::Leads),
            (posted(Some(Ok)), Ok, GroupRole::Follows),
            (posted(Some(Ok)), Warning, GroupRole::Leads),
            (posted(Some(Warning)), Critical, GroupRole::Leads),
            (posted(Some(Critical)), Warning, GroupRole::Follows),
            (posted(None), Critical, GroupRole::Follows),
        ] {
            assert_eq!(group_role(&lead, urgency, "r", at(5)), expected, "{lead:?}");
        }
    }

    #[test]
    fn a_lead_that_another_invocation_is_posting_is_waited_for_until_its_time_is_over() {
        let claim = Claim {
            event: Event::Message,
            owner: "other".to_owned(),
            until: at(10),
        };
        let lead = Row {
            claim: Some(claim),
            ..Row::default()
        };
        for (request, second, expected) in [
            ("r", 9, GroupRole::Waits),
            ("r", 10, GroupRole::Leads),
            ("other", 9, GroupRole::Leads),
        ] {
            assert_eq!(
                group_role(&lead, Urgency::Critical, request, at(second)),
                expected,
                "{request} at {second}"
            );
        }
    }
}
