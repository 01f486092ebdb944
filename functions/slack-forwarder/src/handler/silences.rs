//! Silences of the route file and of the table, which `picket silence` writes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_rules::routes::Silence;
use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, SIDE_BY_SIDE, read::Read, redelivery::is_overdue};
use crate::{
    deferred::{digest, silenced::Silenced},
    delivery::SendError,
    delivery_log::Event,
    handler::fallback,
    ports::Ports,
    render,
};

/// How long what was read of the table serves. An operator who silences something waits no longer for it, and a storm
/// does not read it for each of its messages.
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

impl<P: Ports, C: Clock> Handler<P, C> {
    /// The silence that holds a message back now.
    pub(super) async fn silence(&self, read: &Read<'_>) -> Option<Silence> {
        // An OK ends what was sent before the silence, PagerDuty's incidents above all; of what was silenced it ends
        // nothing.
        if read.is_ok() {
            return None;
        }
        let severity = self.config.topics.severity(read.message);
        let facts = read.decoded.facts(read.message, severity);
        let (now, routes) = (self.delivery.clock.now(), self.routes());
        if let Some(silence) = routes.silenced(&facts, now) {
            return Some(silence.clone());
        }
        let known = self.silences(now).await;
        let silence = known.iter().find(|silence| silence.holds(&facts, now));
        silence.cloned()
    }

    /// Logs a message that is silenced, has the digest count it, and keeps an ALARM for the end of the silence.
    pub(super) async fn hold_back(
        &self,
        read: &Read<'_>,
        silence: &Silence,
        run: &InvocationState<'_>,
    ) {
        let Silence {
            name,
            reason,
            until,
            author,
            ..
        } = silence;
        let alert = &read.alert;
        tracing::warn!(id = read.id, silence = name, reason, author, %until, alert, "silenced");
        self.note_silenced(read, silence).await;
        let Event::Change(change) = read.event else {
            return;
        };
        if change.state != State::Alarm {
            return;
        }
        let silenced = Silenced {
            alert: alert.clone(),
            change,
            until: *until,
            message: read.message.clone(),
        };
        if let Err(source) = self.delivery.ports.keep_silenced(&silenced).await {
            run.fail(&read.id, SendError::NotKept { source });
        }
    }

    /// After an OK nothing is to be sent at the end of a silence.
    pub(super) async fn forget_silenced(&self, alert: &str, at: Timestamp) {
        if let Err(fault) = self.delivery.ports.forget_silenced(alert, at).await {
            tracing::warn!(alert, error = %ErrorChain(&fault), "perhaps sent at the end of its silence, though it is over");
        }
    }

    /// Sends the ALARMs whose silence is over and of which no OK is known.
    pub(super) async fn send_silenced(&self, id: &str, run: &InvocationState<'_>) {
        match self.delivery.ports.list_silenced().await {
            Ok(all) => {
                stream::iter(&all)
                    .for_each_concurrent(SIDE_BY_SIDE, |one| self.send_if_over(one, run))
                    .await;
            }
            Err(source) => run.fail(id, SendError::NoSilenced { source }),
        }
    }

    async fn send_if_over(&self, silenced: &Silenced, run: &InvocationState<'_>) {
        let now = self.delivery.clock.now();
        let read = Read::new(&silenced.message, &silenced.alert, 0, now);
        // The rest waits for the next minute if there is no time.
        if !run.invocation.has_time(self.delivery.clock.now())
            || self.silence(&read).await.is_some()
        {
            return;
        }
        let rows = self.delivery.ports.read_rows(&silenced.alert).await;
        let rows = rows.unwrap_or_default();
        if !silenced.is_over(rows.iter().map(|(_, row)| row)) {
            let own = InvocationState::new(run.invocation, run.ok_alarms);
            self.send_or_keep(&read, &own).await;
            run.add_charts(own.take_charts());
            let is_done = own.is_done();
            let is_over = is_done || self.is_given_up(silenced, &read).await;
            if !is_over {
                return run.fail_all(own.take_failures());
            }
        }
        self.forget_silenced(&silenced.alert, silenced.change.at)
            .await;
    }

    /// Whether it could not be sent for twelve hours, and the fallback topic has it.
    async fn is_given_up(&self, silenced: &Silenced, read: &Read<'_>) -> bool {
        let since = silenced.until.max(silenced.change.at);
        if !is_overdue(since, self.delivery.clock.now()) {
            return false;
        }
        let lacking = self.lacking(read).await;
        let text = fallback::text(read, &lacking, &self.config);
        let published = self.delivery.ports.publish_fallback(text).await;
        published.is_ok()
    }

    /// The table's. One that cannot be reached silences nothing.
    async fn silences(&self, now: Timestamp) -> Arc<Vec<Silence>> {
        if let Some(silences) = self.known_silences.fresh(now) {
            return silences;
        }
        match self.delivery.ports.read_silences().await {
            Ok(silences) => {
                let silences = Arc::new(silences);
                self.known_silences.keep(now, &silences);
                silences
            }
            Err(fault) => {
                tracing::warn!(error = %ErrorChain(&fault), "nothing is silenced by the table, which cannot be reached");
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
        let key = digest::key(&read.alert, read.event, self.delivery.clock.now());
        if let Err(fault) = self.delivery.ports.keep_note(&key, &note).await {
            tracing::warn!(id = read.id, error = %ErrorChain(&fault), "silenced, and not counted by the digest");
        }
    }
}
