//! What a publisher does for CloudWatch.

use super::{
    Action, Claim, Cursor, Defect, Delivery, Publisher, Publishing, PutResult, REQUESTS, SLICES,
    Sent, State,
};

const ALL: u8 = (1 << REQUESTS) - 1;

impl Publishing {
    /// What may happen next to a publisher.
    pub(super) fn publisher_actions(
        &self,
        state: &State,
        publisher: usize,
        actions: &mut Vec<Action>,
    ) {
        let budget = state.budget;
        match state.publishers[publisher] {
            Publisher::Idle => {
                let limits = [1, SLICES].into_iter();
                let plans = limits.filter(|limit| self.planned(state, publisher, *limit).is_some());
                actions.extend(plans.map(|limit| Action::Plan { publisher, limit }));
                return;
            }
            Publisher::Planned(_) => {
                actions.push(Action::ClaimSlices { publisher });
                if budget.lost_answers > 0 {
                    actions.extend([true, false].map(|done| Action::ClaimLost { publisher, done }));
                }
            }
            Publisher::Sending(delivery, sent) if next_request(&delivery, sent).is_some() => {
                let put = |answer| Action::PutMetrics { publisher, answer };
                actions.push(put(PutResult::Accepted));
                if budget.refusals > 0 {
                    actions.push(put(PutResult::Refused));
                }
                if budget.lost_answers > 0 {
                    actions.extend([PutResult::LostAccepted, PutResult::Lost].map(put));
                }
            }
            Publisher::Sending(..) => {
                actions.push(Action::MoveCursor {
                    publisher,
                    stored: true,
                });
                if budget.lost_answers > 0 {
                    actions.push(Action::MoveCursor {
                        publisher,
                        stored: false,
                    });
                    actions.extend([true, false].map(|done| Action::MoveLost { publisher, done }));
                }
            }
        }
        if budget.kills > 0 {
            actions.push(Action::Kill { publisher });
        }
    }

    /// What `claim::plan` answers for a chain of which every slice is ready.
    fn planned(&self, state: &State, publisher: usize, limit: u8) -> Option<Delivery> {
        let before = state.cursor;
        let owner = before.claim.and_then(|claim| claim.owner);
        if owner.is_some() && self.defect != Some(Defect::ClaimNotRespected) {
            return None;
        }
        let read = state.committed.min(before.mark + limit);
        let claimed_up_to = before
            .claim
            .map_or(before.mark, |claim| claim.up_to.min(read));
        let certain = before.claim.is_some_and(|claim| claim.certain);
        let again = if certain {
            0
        } else {
            claimed_up_to - before.mark
        };
        let accepted = before.claim.map_or(0, |claim| claim.accepted);
        // The rest of a claim goes out before anything newer.
        let after = if accepted == 0 { read } else { claimed_up_to };
        if after <= before.mark {
            return None;
        }
        let up_to = before.claim.map_or(after, |claim| claim.up_to.max(after));
        let counts = self.defect != Some(Defect::AmbiguityNotCounted);
        let claim = Claim {
            up_to,
            owner: Some(publisher),
            accepted,
            certain: false,
        };
        let claimed = Cursor {
            claim: Some(claim),
            ambiguous: before.ambiguous + if counts { again } else { 0 },
            ..before
        };
        Some(Delivery {
            before,
            claimed,
            after,
            again,
        })
    }

    pub(super) fn plan(&self, state: &mut State, publisher: usize, limit: u8) {
        if let Some(delivery) = self.planned(state, publisher, limit) {
            state.publishers[publisher] = Publisher::Planned(delivery);
        }
    }

    /// A conditional put of the cursor.
    pub(super) fn claim(&self, state: &mut State, publisher: usize) {
        let Publisher::Planned(delivery) = state.publishers[publisher] else {
            return;
        };
        let is_ours = state.cursor == delivery.before;
        if is_ours {
            state.cursor = delivery.claimed;
            if self.defect == Some(Defect::AdvanceFirst) {
                state.cursor.mark = delivery.after;
            }
        }
        state.publishers[publisher] = if is_ours {
            Publisher::Sending(
                delivery,
                Sent {
                    accepted: 0,
                    lost: false,
                    stopped: false,
                },
            )
        } else {
            Publisher::Idle
        };
    }

    /// The tick leaves the chain; a claim that was made lasts until its time is over.
    pub(super) fn claim_lost(&self, state: &mut State, publisher: usize, done: bool) {
        state.budget.lost_answers -= 1;
        if done {
            self.claim(state, publisher);
        }
        state.publishers[publisher] = Publisher::Idle;
    }

    /// A conditional put of the cursor to where `Delivery::ended` leads.
    pub(super) fn advance(&self, state: &mut State, publisher: usize, stored: bool, done: bool) {
        let Publisher::Sending(delivery, sent) = state.publishers[publisher] else {
            return;
        };
        if done && state.cursor == delivery.claimed {
            state.cursor = self.ended(&delivery, sent, stored);
        }
        state.publishers[publisher] = Publisher::Idle;
    }

    fn ended(&self, delivery: &Delivery, sent: Sent, stored: bool) -> Cursor {
        let claimed = delivery.claimed;
        let Some(claim) = claimed.claim else {
            return claimed;
        };
        let was_certain = delivery.before.claim.is_some_and(|claim| claim.certain);
        if next_request(
            delivery,
            Sent {
                stopped: false,
                ..sent
            },
        )
        .is_none()
        {
            let rest = Claim {
                owner: None,
                certain: was_certain,
                ..claim
            };
            let claim = (claim.up_to > delivery.after).then_some(rest);
            return Cursor {
                mark: delivery.after,
                claim,
                ..claimed
            };
        }
        // A list of what a part of the claim has says nothing of the rest, whose datapoints may have the same names.
        let is_whole = claim.up_to == delivery.after || self.defect == Some(Defect::ListOfAPart);
        let keeps = stored && is_whole && self.defect != Some(Defect::RoundSentWhole);
        let nothing = sent.accepted == 0 && !sent.lost;
        if nothing && delivery.again == 0 && claim.accepted == 0 {
            return Cursor {
                claim: None,
                ..claimed
            };
        }
        let (accepted, certain) = match (nothing, keeps) {
            (true, _) => (claim.accepted, true),
            (false, true) => (claim.accepted | sent.accepted, !sent.lost),
            (false, false) => (claim.accepted, false),
        };
        let certain = certain && delivery.again == 0;
        Cursor {
            claim: Some(Claim {
                owner: None,
                accepted,
                certain,
                ..claim
            }),
            ..claimed
        }
    }
}

/// The next request to send; `None` where all are sent, or nothing more is.
fn next_request(delivery: &Delivery, sent: Sent) -> Option<u8> {
    let known = delivery.claimed.claim.map_or(0, |claim| claim.accepted);
    let done = known | sent.accepted;
    let left = (0..REQUESTS).find(|request| done & (1 << request) == 0);
    left.filter(|_| !sent.stopped && done != ALL)
}

pub(super) fn put(state: &mut State, publisher: usize, answer: PutResult) {
    let Publisher::Sending(delivery, sent) = &mut state.publishers[publisher] else {
        return;
    };
    let Some(request) = next_request(delivery, *sent) else {
        return;
    };
    if matches!(answer, PutResult::Accepted | PutResult::LostAccepted) {
        for slice in
            &mut state.counted[usize::from(delivery.before.mark)..usize::from(delivery.after)]
        {
            slice[usize::from(request)] += 1;
        }
    }
    match answer {
        PutResult::Accepted => sent.accepted |= 1 << request,
        PutResult::Refused => {
            state.budget.refusals -= 1;
            sent.stopped = true;
        }
        PutResult::LostAccepted | PutResult::Lost => {
            state.budget.lost_answers -= 1;
            (sent.lost, sent.stopped) = (true, true);
        }
    }
}
