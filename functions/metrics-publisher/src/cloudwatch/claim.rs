//! The slices of a chain to send, and the cursors before and after sending.
//!
//! CloudWatch counts what it receives twice, and has no transaction. The publisher therefore claims slices, puts them,
//! and moves the cursor. If a process ends in between, it leaves a claim; when the claim has certainly ended, the next
//! process sends the same slices again and counts them as ambiguous. If CloudWatch accepted a part and refused the
//! rest, the claim names the accepted datapoints ([`crate::cloudwatch::accepted`]), and only the rest is sent again.

use jiff::{SignedDuration, Timestamp};
use picket_aws::ledger::{Claim, Cursor};
use picket_shared::{chain::Slice, position::Position};

/// The time after which slices with minutes in the future are sent, counted from when they would be ready by their
/// commit time: one wrong clock must not stop a chain.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// The next step for a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// No slice is ready.
    Idle,
    /// Another publisher may be sending its slices.
    Held,
    /// Slices to send.
    Send(Box<Delivery>),
}

/// The slices to send, and the cursors before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The cursor before the claim.
    pub before: Option<Cursor>,
    /// The cursor while sending.
    pub claimed: Cursor,
    /// The number of slices to send, of those that were read.
    pub slices: usize,
    /// The number of these that were claimed before and may have been sent.
    pub again: usize,
    /// The `after` of the last of them.
    pub after: Position,
    /// The end of an older claim that reaches past them; the slices between stay claimed.
    pub rest: Option<Position>,
}

/// The outcome of sending, which determines the next cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// All datapoints were sent.
    Sent,
    /// Certainly none was sent.
    Unsent,
    /// A part was sent, which states list; of the rest certainly none, or some may have been.
    Partly {
        /// The names of the states, as in [`Claim::accepted`].
        accepted: Vec<String>,
        /// Whether certainly nothing else was sent.
        certain: bool,
    },
    /// Some may have been sent.
    Unknown,
}

impl Delivery {
    /// The cursor after an outcome.
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
            // Slices that others may have sent stay claimed, so that they are counted when they are sent again.
            SendOutcome::Unsent if self.again == 0 && self.accepted().is_empty() => Cursor {
                claim: None,
                ..self.claimed.clone()
            },
            SendOutcome::Unsent => still(self.again == 0, &[]),
            // The list names datapoints, not slices. Slices of the claim that were not sent now may have the same
            // datapoints.
            SendOutcome::Partly { .. } if self.rest.is_some() => still(false, &[]),
            SendOutcome::Partly { accepted, certain } => {
                still(*certain && self.again == 0, accepted)
            }
            SendOutcome::Unknown => still(false, &[]),
        }
    }

    /// The states of accepted datapoints of the slices, as in [`Claim::accepted`].
    pub fn accepted(&self) -> &[String] {
        self.claimed
            .claim
            .as_ref()
            .map_or(&[], |claim| claim.accepted.as_slice())
    }
}

/// Determines the next step for a chain with a cursor and its next slices. A claim made now ends at `until`.
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
    // The rest of a partly accepted claim is sent before newer slices, which are in no list.
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

/// The end of a minute; `None` where it is out of range.
fn minute_end(minute: i64) -> Option<Timestamp> {
    let seconds = minute.checked_add(1)?.checked_mul(60)?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests;
