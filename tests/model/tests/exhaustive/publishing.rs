//! Two publishers that send a chain's slices to CloudWatch: nothing is left out, and what may be counted twice is
//! counted as ambiguous.
//!
//! A round has two requests, one a namespace, and each slice has datapoints in both.

mod publisher;

use stateright::{Model, Property};

use crate::Budget;

/// Slices of the chain.
pub(crate) const SLICES: u8 = 3;
/// Requests of a round.
pub(crate) const REQUESTS: u8 = 2;

/// A defect to put into the model, so that its properties are seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// After a refusal the whole round is sent again.
    RoundSentWhole,
    /// What was accepted of a part of a claim is listed for the whole of it.
    ListOfAPart,
    /// A claim is taken over while its owner may be alive.
    ClaimNotRespected,
    /// The cursor moves before the requests are sent.
    AdvanceFirst,
    /// What is sent again after a lost answer is not counted.
    AmbiguityNotCounted,
}

/// The model: its bounds, and a defect if it has one.
#[derive(Debug, Clone)]
pub(crate) struct Publishing {
    /// What may go wrong.
    pub(crate) budget: Budget,
    /// What is built wrong.
    pub(crate) defect: Option<Defect>,
}

/// CloudWatch's cursor in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cursor {
    /// Slices that are done.
    pub(crate) mark: u8,
    /// Who is sending, or left something.
    pub(crate) claim: Option<Claim>,
    /// Slices that were sent again since they may have been accepted before.
    pub(crate) ambiguous: u8,
}

/// A claim of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Claim {
    /// The last slice claimed.
    pub(crate) up_to: u8,
    /// The publisher whose invocation may go on; `None` once it is certainly over.
    pub(crate) owner: Option<usize>,
    /// The requests that CloudWatch accepted, as bits.
    pub(crate) accepted: u8,
    /// Whether the rest is certainly unsent.
    pub(crate) certain: bool,
}

/// A tick of the metrics publisher, as far as it concerns CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Publisher {
    /// Between ticks.
    Idle,
    /// Has planned a delivery.
    Planned(Delivery),
    /// Has claimed it, and sends.
    Sending(Delivery, Sent),
}

/// What is to be sent, and the cursors around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Delivery {
    /// The cursor as it was read.
    pub(crate) before: Cursor,
    /// The cursor while sending.
    pub(crate) claimed: Cursor,
    /// The last slice that is sent.
    pub(crate) after: u8,
    /// How many slices are sent again.
    pub(crate) again: u8,
}

/// How far sending went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sent {
    /// Requests accepted now, as bits.
    pub(crate) accepted: u8,
    /// Whether an answer was lost.
    pub(crate) lost: bool,
    /// Whether nothing more is sent.
    pub(crate) stopped: bool,
}

/// Everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// Slices in the chain.
    pub(crate) committed: u8,
    /// The cursor in the ledger table.
    pub(crate) cursor: Cursor,
    /// The publishers.
    pub(crate) publishers: [Publisher; 2],
    /// How often CloudWatch counted each slice's datapoints of each request.
    pub(crate) counted: [[u8; REQUESTS as usize]; SLICES as usize],
    /// What may still go wrong.
    pub(crate) budget: Budget,
}

/// CloudWatch's answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PutResult {
    /// It counted the datapoints.
    Accepted,
    /// It counted nothing, and reported that.
    Refused,
    /// It counted the datapoints, and the answer was lost.
    LostAccepted,
    /// The request was lost.
    Lost,
}

/// Steps of the code and of the world. `publisher` is an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// A processor commits the next slice.
    CommitSlice,
    /// The publisher reads cursor and slices, up to `limit` of them, and plans.
    Plan { publisher: usize, limit: u8 },
    /// The publisher moves the cursor to its claim, if no other publisher moved it.
    ClaimSlices { publisher: usize },
    /// The same, and the answer is lost.
    ClaimLost { publisher: usize, done: bool },
    /// The publisher sends its next request.
    PutMetrics { publisher: usize, answer: PutResult },
    /// The publisher moves the cursor to where the sending left it; `stored` says whether the list of what was accepted
    /// was.
    MoveCursor { publisher: usize, stored: bool },
    /// The same, and the answer is lost.
    MoveLost { publisher: usize, done: bool },
    /// The time of a claim is over: its owner is certainly gone.
    ClaimEnds,
    /// A publisher ends.
    Kill { publisher: usize },
}

impl State {
    /// Slices of which CloudWatch counted a datapoint more than once, each time beyond the first.
    pub(crate) fn counted_again(&self) -> u8 {
        let most =
            |slice: &[u8; REQUESTS as usize]| slice.iter().max().copied().unwrap_or_default();
        self.counted
            .iter()
            .map(|slice| most(slice).saturating_sub(1))
            .sum()
    }
}

impl Model for Publishing {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            committed: 0,
            cursor: Cursor {
                mark: 0,
                claim: None,
                ambiguous: 0,
            },
            publishers: [Publisher::Idle; 2],
            counted: [[0; REQUESTS as usize]; SLICES as usize],
            budget: self.budget,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.committed < SLICES {
            actions.push(Action::CommitSlice);
        }
        let owner = state.cursor.claim.and_then(|claim| claim.owner);
        if owner.is_some_and(|owner| state.publishers[owner] == Publisher::Idle) {
            actions.push(Action::ClaimEnds);
        }
        for publisher in 0..state.publishers.len() {
            self.publisher_actions(state, publisher, actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::CommitSlice => state.committed += 1,
            Action::Plan { publisher, limit } => self.plan(&mut state, publisher, limit),
            Action::ClaimSlices { publisher } => self.claim(&mut state, publisher),
            Action::ClaimLost { publisher, done } => self.claim_lost(&mut state, publisher, done),
            Action::PutMetrics { publisher, answer } => {
                publisher::put(&mut state, publisher, answer);
            }
            Action::MoveCursor { publisher, stored } => {
                // A list that is not stored is a lost answer of the ledger table.
                state.budget.lost_answers -= u8::from(!stored);
                self.advance(&mut state, publisher, stored, true);
            }
            Action::MoveLost { publisher, done } => {
                state.budget.lost_answers -= 1;
                self.advance(&mut state, publisher, true, done);
            }
            Action::ClaimEnds => {
                if let Some(claim) = &mut state.cursor.claim {
                    claim.owner = None;
                }
            }
            Action::Kill { publisher } => {
                state.budget.kills -= 1;
                state.publishers[publisher] = Publisher::Idle;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "what the cursor has passed is counted",
                |_, state: &State| {
                    let passed = &state.counted[..usize::from(state.cursor.mark)];
                    passed.iter().flatten().all(|times| *times >= 1)
                },
            ),
            Property::always(
                "what is counted again is counted as ambiguous",
                |_, state: &State| state.counted_again() <= state.cursor.ambiguous,
            ),
            Property::always(
                "without a kill or a lost answer nothing is counted again",
                |model: &Self, state: &State| {
                    let spent = model.budget.kills - state.budget.kills + model.budget.lost_answers
                        - state.budget.lost_answers;
                    spent > 0 || (state.counted_again() == 0 && state.cursor.ambiguous == 0)
                },
            ),
            Property::always(
                "when nothing can happen any more, all is sent",
                |model: &Self, state: &State| {
                    let mut actions = Vec::new();
                    model.actions(state, &mut actions);
                    !actions.is_empty() || state.cursor.mark == SLICES
                },
            ),
            Property::sometimes("a slice is counted again", |_, state: &State| {
                state.counted_again() > 0
            }),
            Property::sometimes("a part of a round is sent later", |_, state: &State| {
                let has_part =
                    |claim: Claim| claim.accepted != 0 && claim.certain && claim.owner.is_none();
                state.cursor.claim.is_some_and(has_part)
            }),
            Property::sometimes("everything is sent", |_, state: &State| {
                state.cursor.mark == SLICES
            }),
        ]
    }
}
