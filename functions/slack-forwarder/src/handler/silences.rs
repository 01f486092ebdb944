//! What is held back: by the route file, or by the table, which `picket silence` writes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use picket_rules::routes::Silence;
use picket_shared::{alarm::State, clock::Clock, report::Chain};

use super::{Handler, send::Read};
use crate::{
    digest,
    ports::{PostMessage, PublishEmail, PublishFallback, ReadParameter, RenderChart, Table},
    render,
};

/// How long what was read of the table serves. An operator who silences something waits no longer for it, and a storm does not read it
/// for each of its messages.
const FRESH: Duration = Duration::from_secs(30);

/// The table's silences, and when they were read.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Option<(Timestamp, Arc<Vec<Silence>>)>>);

impl Known {
    fn fresh(&self, now: Timestamp) -> Option<Arc<Vec<Silence>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, silences) = known.as_ref()?;
        let age = Duration::try_from(now.duration_since(*at)).ok()?;
        (age < FRESH).then(|| Arc::clone(silences))
    }

    fn keep(&self, now: Timestamp, silences: &Arc<Vec<Silence>>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, Arc::clone(silences)));
    }
}

impl<P, S, F, T, G, C> Handler<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishEmail + PublishFallback + Send + Sync,
    T: Table,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    /// Whether a message is held back now; it is logged then, and counted by the digest.
    pub(super) async fn is_silenced(&self, read: &Read<'_>) -> bool {
        // An OK ends what was told before the silence, PagerDuty's incidents above all; of what was silenced it ends nothing.
        let alarm = read.decoded.alarm();
        if alarm.is_some_and(|alarm| alarm.state == State::Ok) {
            return false;
        }
        let severity = self.config.topics.severity(read.message);
        let facts = read.decoded.facts(read.message, severity);
        let (now, routes) = (self.courier.clock.now(), self.routes());
        let mut silence = routes.silenced(&facts, now).cloned();
        if silence.is_none() {
            let known = self.silences(now).await;
            silence = known
                .iter()
                .find(|silence| silence.holds(&facts, now))
                .cloned();
        }
        if let Some(silence) = &silence {
            let Silence {
                name,
                reason,
                until,
                author,
                ..
            } = silence;
            tracing::warn!(id = read.id, silence = name, reason, author, %until, alarm = facts.alarm, "silenced");
            self.note_silenced(read, silence).await;
        }
        silence.is_some()
    }

    /// The table's. One that cannot be reached silences nothing.
    async fn silences(&self, now: Timestamp) -> Arc<Vec<Silence>> {
        if let Some(silences) = self.known_silences.fresh(now) {
            return silences;
        }
        match self.courier.table.read_silences().await {
            Ok(silences) => {
                let silences = Arc::new(silences);
                self.known_silences.keep(now, &silences);
                silences
            }
            Err(fault) => {
                tracing::warn!(error = %Chain(&fault), "nothing is silenced by the table, which cannot be reached");
                Arc::default()
            }
        }
    }

    async fn note_silenced(&self, read: &Read<'_>, silence: &Silence) {
        let severity = self.config.topics.severity(read.message);
        let headline = render::draft(read.message, &read.decoded, severity).headline;
        let Some(note) = digest::note(&read.decoded, &headline) else {
            return;
        };
        let note = digest::Note {
            silence: Some(silence.name.clone()),
            ..note
        };
        let key = digest::key(&read.alert, read.event, self.courier.clock.now());
        if let Err(fault) = self.courier.table.keep_note(&key, &note).await {
            tracing::warn!(id = read.id, error = %Chain(&fault), "silenced, and not counted by the digest");
        }
    }
}
