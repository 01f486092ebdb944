//! What must hold in every state, and what must be reached at all.

use stateright::{Model, Property};

use super::{Counting, Processor, RECORDS, State, Step};

/// The guarantees, then the situations without which the model would show nothing.
pub(super) fn all() -> Vec<Property<Counting>> {
    vec![
        Property::always(
            "a record is in the ledger once at most",
            |_, state: &State| state.ledger.iter().all(|times| *times <= 1),
        ),
        Property::always(
            "the ledger is the chain up to its cursor",
            |_, state: &State| {
                let counted = |record: u8| state.ledger[usize::from(record) - 1] >= 1;
                (1..=RECORDS).all(|record| counted(record) == (record <= state.cursor))
            },
        ),
        Property::always("no item is beside the chain", |_, state: &State| {
            let items = state.chain.iter().flatten().count();
            items == state.slices_from(0).count()
        }),
        Property::always(
            "a slice begins where the one before it ends",
            |_, state: &State| {
                state
                    .slices_from(0)
                    .all(|slice| slice.first == slice.before + 1)
            },
        ),
        Property::always(
            "what Lambda takes for done is in the chain",
            |_, state: &State| state.checkpoint <= state.end_of_chain(0),
        ),
        Property::always(
            "when nothing can happen any more, all is counted",
            |model: &Counting, state: &State| {
                let mut actions = Vec::new();
                model.actions(state, &mut actions);
                !actions.is_empty() || (state.checkpoint == RECORDS && state.cursor == RECORDS)
            },
        ),
        Property::sometimes("a sandbox remembers a stale mark", |_, state: &State| {
            let is_stale = |processor: &Processor| matches!(processor, Processor::Idle { mark: Some(mark) } if *mark < state.end_of_chain(0));
            state.processors.iter().any(is_stale)
        }),
        Property::sometimes(
            "a process that Lambda gave up finds its key taken",
            |_, state: &State| {
                let collides = |processor: &Processor| {
                    matches!(processor, Processor::Handling { timed_out: true, step: Step::Commit(slice), .. }
                        if state.chain[usize::from(slice.before)].is_some())
                };
                state.processors.iter().any(collides)
            },
        ),
        Property::sometimes("a put arrives late", |_, state: &State| {
            state
                .in_flight
                .iter()
                .any(|slice| state.chain[usize::from(slice.before)].is_some())
        }),
        Property::sometimes("everything is counted", |_, state: &State| {
            state.cursor == RECORDS
        }),
    ]
}
