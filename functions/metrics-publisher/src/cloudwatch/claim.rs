//! What to send of a chain, and the cursors around the sending.
//!
//! CloudWatch adds what it gets twice, and there is no transaction with it. So: claim, put, advance. Who dies in between leaves
//! a claim; once its owner is certainly gone, the next sends the same items again and counts them as ambiguous. Where CloudWatch took
//! a part and refused the rest, the claim says which part ([`crate::cloudwatch::accepted`]), and the rest alone is sent again.

use jiff::{SignedDuration, Timestamp};
use picket_aws::ledger::{Claim, Cursor};
use picket_shared::{chain::Slice, position::Position};

/// Slices whose stamps lie in the future are sent this long after they would have been ready by when they were committed:
/// one wrong clock must not hold up a chain.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// What a chain has for CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing that is ready.
    Idle,
    /// Somebody who may be alive is sending it.
    Held,
    /// Slices to send.
    Send(Box<Delivery>),
}

/// Slices to send, and the cursors around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The cursor as it was read.
    pub before: Option<Cursor>,
    /// The cursor while sending.
    pub claimed: Cursor,
    /// How many of the slices that were read.
    pub slices: usize,
    /// How many of these were claimed before, and may have been sent though nothing says so.
    pub again: usize,
    /// The `after` of the last of them.
    pub after: Position,
    /// How far an older claim reaches past them; what lies between stays claimed.
    pub rest: Option<Position>,
}

/// Where the cursor goes, by how the sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// Everything was sent.
    Sent,
    /// Certainly nothing was.
    Unsent,
    /// A part was, which these states list; of the rest certainly nothing, or something may have been.
    Partly {
        /// As in [`Claim::accepted`].
        accepted: Vec<String>,
        /// Whether nothing else was.
        certain: bool,
    },
    /// Some of it may have been.
    Unknown,
}

impl Delivery {
    /// The cursor after an ending.
    pub fn ended(&self, outcome: &SendOutcome, now: Timestamp) -> Cursor {
        let known = |accepted: &[String], certain: bool, up_to: Position| Claim {
            accepted: accepted.to_vec(),
            certain,
            ..Claim::new(up_to, now)
        };
        let before = self
            .before
            .as_ref()
            .and_then(|cursor| cursor.claim.as_ref());
        let was_certain = before.is_some_and(|claim| claim.certain);
        let still = |certain: bool, more: &[String]| {
            let accepted = [self.accepted(), more].concat();
            let up_to = self.rest.clone().unwrap_or_else(|| self.after.clone());
            Cursor {
                claim: Some(known(&accepted, certain, up_to)),
                ..self.claimed.clone()
            }
        };
        match outcome {
            SendOutcome::Sent => Cursor {
                claim: self
                    .rest
                    .clone()
                    .map(|up_to| known(self.accepted(), was_certain, up_to)),
                ambiguous: self.claimed.ambiguous,
                ..Cursor::at(self.after.clone())
            },
            // What others may have sent before stays claimed, so that it is counted when it is sent again.
            SendOutcome::Unsent if self.again == 0 && self.accepted().is_empty() => Cursor {
                claim: None,
                ..self.claimed.clone()
            },
            SendOutcome::Unsent => still(self.again == 0, &[]),
            // The list names datapoints, not slices. What of the claim was not sent now may have datapoints of the same names.
            SendOutcome::Partly { .. } if self.rest.is_some() => still(false, &[]),
            SendOutcome::Partly { accepted, certain } => {
                still(*certain && self.again == 0, accepted)
            }
            SendOutcome::Unknown => still(false, &[]),
        }
    }

    /// What CloudWatch has of the slices, as in [`Claim::accepted`].
    pub fn accepted(&self) -> &[String] {
        self.claimed
            .claim
            .as_ref()
            .map_or(&[], |claim| claim.accepted.as_slice())
    }
}

/// What to do about a chain whose cursor is `cursor` and whose next slices are `slices`. A claim made now ends at `until`.
pub fn plan(
    cursor: Option<&Cursor>,
    slices: &[Slice],
    settle: SignedDuration,
    now: Timestamp,
    until: Timestamp,
) -> Next {
    let claim = cursor.and_then(|cursor| cursor.claim.as_ref());
    if claim.is_some_and(|claim| claim.until > now) {
        return Next::Held;
    }
    let claimed = claim.map_or(0, |claim| {
        slices
            .iter()
            .take_while(|slice| slice.after <= claim.up_to)
            .count()
    });
    let certain = claim.is_some_and(|claim| claim.certain);
    let again = if certain { 0 } else { claimed };
    let ready = slices
        .iter()
        .take_while(|slice| is_ready(slice, settle, now))
        .count();
    // Of a claim of which something was accepted, the rest goes out before anything else: what is new is in nobody's list.
    let accepted = claim.map_or(&[][..], |claim| claim.accepted.as_slice());
    let accepted = if claimed > 0 { accepted } else { &[] };
    let count = if accepted.is_empty() {
        ready.max(claimed)
    } else {
        claimed
    };
    let Some(last) = slices[..count].last() else {
        return Next::Idle;
    };
    let after = last.after.clone();
    let rest = claim
        .map(|claim| claim.up_to.clone())
        .filter(|up_to| *up_to > after);
    let start = cursor.map_or_else(Position::start, |cursor| cursor.mark.clone());
    let ambiguous = cursor.map_or(0, |cursor| cursor.ambiguous);
    Next::Send(Box::new(Delivery {
        before: cursor.cloned(),
        claimed: Cursor {
            claim: Some(Claim {
                accepted: accepted.to_vec(),
                ..Claim::new(rest.clone().unwrap_or_else(|| after.clone()), until)
            }),
            ambiguous: ambiguous + again as u64,
            ..Cursor::at(start)
        },
        slices: count,
        again,
        after,
        rest,
    }))
}

/// Whether every minute of a slice ended long enough ago, or the slice itself is old.
fn is_ready(slice: &Slice, settle: SignedDuration, now: Timestamp) -> bool {
    let age = |since: Timestamp| now.duration_since(since);
    let newest = slice.body.series.iter().map(|series| series.minute).max();
    let settled =
        newest.is_none_or(|minute| minute_end(minute).is_some_and(|end| age(end) >= settle));
    settled || age(slice.committed_at) >= settle.saturating_add(PATIENCE)
}

/// The end of a minute; `None` where it lies outside time.
fn minute_end(minute: i64) -> Option<Timestamp> {
    let seconds = minute.checked_add(1)?.checked_mul(60)?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests;
