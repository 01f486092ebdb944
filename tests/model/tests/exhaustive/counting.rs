//! Lambda, two event processors and two publishers over one shard's chain: every record is counted once.

mod processor;
mod properties;
mod publisher;

use stateright::{Model, Property};

use crate::Budget;
use processor::{handle, leave, processor_actions, read_beyond, time_out};
use publisher::{move_cursor, publisher_actions, read_slices};

/// Records of the shard. Each may be a slice of its own, or share one with its neighbours.
pub(crate) const RECORDS: u8 = 3;

/// A defect to put into the model, so that its properties are seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// The put has no condition, and replaces an item of the same key.
    PutWithoutCondition,
    /// A put that finds its key taken is taken for a commit.
    CollisionIsACommit,
    /// Records at or below the mark are not dropped.
    MarkIgnored,
    /// The batch is acknowledged when its first slice is committed.
    AcknowledgedTooEarly,
    /// Rows are added whether or not the cursor is where it was read.
    FoldWithoutCondition,
    /// The cursor moves in a request of its own, after the rows.
    CursorAfterRows,
}

/// The model: its bounds, and a defect if it has one.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    /// What may go wrong.
    pub(crate) budget: Budget,
    /// What is built wrong.
    pub(crate) defect: Option<Defect>,
}

/// An item of the chain table; its key is the mark before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slice {
    /// The mark that it starts at.
    pub(crate) before: u8,
    /// Its first record.
    pub(crate) first: u8,
    /// The mark after it, which is its last record.
    pub(crate) after: u8,
}

/// A sandbox of the event processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Processor {
    /// Between invocations, with the mark that it remembers, which may be stale.
    Idle {
        /// `None` in a new sandbox.
        mark: Option<u8>,
    },
    /// At work on the records from `first` to `last`.
    Handling {
        /// The first record of the batch.
        first: u8,
        /// The last one.
        last: u8,
        /// The newest mark that it knows.
        mark: u8,
        /// Whether Lambda has stopped waiting for it.
        timed_out: bool,
        /// What it does next.
        step: Step,
    },
}

/// A step of [`Processor::Handling`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Plans the next slice, or answers.
    Plan,
    /// Puts a slice.
    Commit(Slice),
    /// Reads the chain beyond the mark, after a collision or a transient error.
    ReadBeyond,
}

/// A tick of the metrics publisher, as far as it concerns the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Publisher {
    /// Between ticks.
    Idle,
    /// Has read the cursor, and slices from there on.
    HasSlices {
        /// The cursor.
        cursor: u8,
        /// Where the last slice ends.
        to: u8,
    },
    /// With [`Defect::CursorAfterRows`]: has added the rows.
    HasAdded {
        /// The cursor.
        cursor: u8,
        /// Where the last slice ends.
        to: u8,
    },
}

/// Everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// The chain table: at each mark the slice that starts there.
    pub(crate) chain: [Option<Slice>; RECORDS as usize],
    /// Puts that are on their way though nobody waits for them, in order.
    pub(crate) in_flight: Vec<Slice>,
    /// The last record that Lambda takes for done.
    pub(crate) checkpoint: u8,
    /// The sandboxes.
    pub(crate) processors: [Processor; 2],
    /// The publishers.
    pub(crate) publishers: [Publisher; 2],
    /// The ledger's cursor.
    pub(crate) cursor: u8,
    /// How often each record was added to the ledger.
    pub(crate) ledger: [u8; RECORDS as usize],
    /// What may still go wrong.
    pub(crate) budget: Budget,
}

/// What becomes of a put whose answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fate {
    /// It was done.
    Done,
    /// It was not done.
    NotDone,
    /// It is done later, or never.
    OnItsWay,
}

/// Steps of the code and of the world. `processor` and `publisher` are indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Lambda invokes a sandbox with the records after the checkpoint.
    Handle { processor: usize, last: u8 },
    /// Lambda stops waiting for an invocation; its process goes on.
    TimeOut { processor: usize },
    /// The processor plans a slice that ends at `after`.
    Plan { processor: usize, after: u8 },
    /// The processor commits a slice by a conditional put, and has the answer.
    Commit { processor: usize },
    /// The processor commits a slice, and the answer is lost.
    CommitLost { processor: usize, fate: Fate },
    /// A put that was on its way arrives.
    PutArrives { index: usize },
    /// The processor reads what is in the chain beyond its mark.
    ReadBeyond { processor: usize },
    /// The processor answers that the whole batch is done.
    Respond { processor: usize },
    /// The processor gives back what is above its mark.
    GiveBack { processor: usize },
    /// A sandbox ends.
    KillProcessor { processor: usize },
    /// The publisher reads the ledger's cursor, and up to `limit` slices from there on. Slices never change, so that
    /// the two reads as two steps lead to the same states.
    ReadSlices { publisher: usize, limit: u8 },
    /// The publisher adds the rows and moves the cursor, in one transaction.
    FoldUsage { publisher: usize },
    /// The same, and the answer is lost.
    FoldLost { publisher: usize, done: bool },
    /// With [`Defect::CursorAfterRows`]: the publisher moves the cursor.
    MoveCursor { publisher: usize },
    /// A publisher ends.
    KillPublisher { publisher: usize },
}

impl State {
    /// The mark that the chain leads to from `mark`.
    pub(crate) fn end_of_chain(&self, mark: u8) -> u8 {
        self.slices_from(mark)
            .last()
            .map_or(mark, |slice| slice.after)
    }

    fn slice_at(&self, mark: u8) -> Option<Slice> {
        self.chain.get(usize::from(mark)).copied().flatten()
    }

    /// The slices that the chain has from a mark on.
    pub(crate) fn slices_from(&self, mark: u8) -> impl Iterator<Item = Slice> + '_ {
        let first = self.slice_at(mark);
        std::iter::successors(first, |slice| self.slice_at(slice.after))
    }

    /// A conditional put; whether it was done.
    fn put(&mut self, slice: Slice, defect: Option<Defect>) -> bool {
        let item = &mut self.chain[usize::from(slice.before)];
        let is_done = item.is_none() || defect == Some(Defect::PutWithoutCondition);
        if is_done {
            *item = Some(slice);
        }
        is_done
    }

    /// A transaction of rows and cursor, if the cursor is where it was read.
    fn fold(&mut self, cursor: u8, to: u8, defect: Option<Defect>) {
        if self.cursor == cursor || defect == Some(Defect::FoldWithoutCondition) {
            self.add_rows(cursor, to);
            self.cursor = to;
        }
    }

    fn add_rows(&mut self, cursor: u8, to: u8) {
        let slices = self
            .slices_from(cursor)
            .take_while(|slice| slice.after <= to);
        let records: Vec<u8> = slices.flat_map(|slice| slice.first..=slice.after).collect();
        for record in records {
            self.ledger[usize::from(record) - 1] += 1;
        }
    }
}

impl Model for Counting {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            chain: [None; RECORDS as usize],
            in_flight: Vec::new(),
            checkpoint: 0,
            processors: [Processor::Idle { mark: None }; 2],
            publishers: [Publisher::Idle; 2],
            cursor: 0,
            ledger: [0; RECORDS as usize],
            budget: self.budget,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for processor in 0..state.processors.len() {
            processor_actions(state, processor, actions);
        }
        for publisher in 0..state.publishers.len() {
            publisher_actions(state, publisher, actions);
        }
        let arrivals = 0..state.in_flight.len();
        actions.extend(arrivals.map(|index| Action::PutArrives { index }));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Handle { processor, last } => handle(&mut state, processor, last),
            Action::TimeOut { processor } => time_out(&mut state, processor),
            Action::Plan { processor, after } => self.plan(&mut state, processor, after),
            Action::Commit { processor } => self.commit(&mut state, processor),
            Action::CommitLost { processor, fate } => self.commit_lost(&mut state, processor, fate),
            Action::PutArrives { index } => {
                let slice = state.in_flight.remove(index);
                state.put(slice, self.defect);
            }
            Action::ReadBeyond { processor } => read_beyond(&mut state, processor),
            Action::Respond { processor } => leave(&mut state, processor, true),
            Action::GiveBack { processor } => leave(&mut state, processor, false),
            Action::KillProcessor { processor } => {
                state.budget.kills -= 1;
                state.processors[processor] = Processor::Idle { mark: None };
            }
            Action::ReadSlices { publisher, limit } => read_slices(&mut state, publisher, limit),
            Action::FoldUsage { publisher } => self.fold_usage(&mut state, publisher),
            Action::FoldLost { publisher, done } => self.fold_lost(&mut state, publisher, done),
            Action::MoveCursor { publisher } => move_cursor(&mut state, publisher),
            Action::KillPublisher { publisher } => {
                state.budget.kills -= 1;
                state.publishers[publisher] = Publisher::Idle;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
