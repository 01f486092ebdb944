//! Attempts, and the claims of replayed records.

use event_processor::ports::{Claim, NoteAttempt, ReadAttempt};
use jiff::Timestamp;
use picket_aws::{Fault as Error, chain::ClaimOutcome};
use picket_shared::{
    chain::{Attempt, ChainId},
    replay::{Origin, RecordRef},
};

use super::{LIFE, Sandbox};
use crate::world::State;

impl ReadAttempt for Sandbox {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let noted = state.tables.attempts.get(&chain.to_string());
                Ok(noted.map(|(position, number, _)| Attempt {
                    position: position.parse().unwrap(),
                    number: *number,
                }))
            })
            .await
    }
}

impl NoteAttempt for Sandbox {
    async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, at| {
                state
                    .tables
                    .take_in("attempts", 200, at, &mut state.faults)?;
                let position = attempt.position.to_string();
                let noted = (position, attempt.number, now.as_second() + LIFE);
                state.tables.attempts.insert(chain.to_string(), noted);
                Ok(())
            })
            .await
    }
}

impl Claim for Sandbox {
    async fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        _now: Timestamp,
    ) -> Result<ClaimOutcome, Error> {
        self.world
            .call(&self.life, |state, _| Ok(state.claim(origin, copy)))
            .await
    }
}

impl State {
    /// One conditional put: the original must be registered, and without an owner other than this copy.
    pub(crate) fn claim(&mut self, origin: &Origin, copy: &RecordRef) -> ClaimOutcome {
        let key = (origin.chain.to_string(), origin.position.to_string());
        let copy = copy.to_string();
        let Some(owner) = self.tables.claims.get_mut(&key) else {
            return ClaimOutcome::Unregistered;
        };
        if *owner.get_or_insert_with(|| copy.clone()) == copy {
            ClaimOutcome::Counts
        } else {
            ClaimOutcome::AnotherCounts
        }
    }
}
