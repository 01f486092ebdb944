//! The confirmation of OKs: the alarms of an invocation's OKs are read at most once, when the first of them needs it.

use std::sync::OnceLock;

use picket_rules::routes::Sink;
use picket_shared::{clock::Clock, report::ErrorChain};
use tokio::sync::OnceCell;

use super::{Handler, InvocationState, read::Read};
use crate::{
    confirmation::{AlarmState, Confirmation, Home, NAMES, OkClaim},
    decode::{decode, envelope::Input},
    delivery::SendError,
    delivery_log::RowKey,
    message::Message,
    ports::Ports,
};

/// The alarms of an invocation's OKs.
#[derive(Debug)]
pub(super) struct OkAlarms<'a> {
    input: &'a Input,
    home: Option<Home<'a>>,
    names: OnceLock<Vec<String>>,
    states: OnceCell<Option<Vec<AlarmState>>>,
}

impl<'a> OkAlarms<'a> {
    /// Those of an event. Nothing of it is decoded until an OK needs it.
    pub(super) fn new(input: &'a Input, home: Option<Home<'a>>) -> Self {
        Self {
            input,
            home,
            names: OnceLock::new(),
            states: OnceCell::new(),
        }
    }

    fn names(&self) -> &[String] {
        self.names.get_or_init(|| {
            let name = |message: &Message| {
                let decoded = decode(message);
                let claim = OkClaim::of(decoded.alarm()?, self.home?)?;
                claim.name().map(str::to_owned)
            };
            let mut names: Vec<String> = self.input.messages().filter_map(name).collect();
            names.sort_unstable();
            names.dedup();
            // An event of SNS or EventBridge has one, and a batch of the failure queue ten. Further ones are not
            // confirmed.
            names.truncate(NAMES);
            names
        })
    }

    /// Whether Lambda has given the events up, so that an OK that cannot be confirmed is shown.
    fn is_redelivery(&self) -> bool {
        matches!(self.input, Input::Redelivery(_))
    }
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Sends an OK that CloudWatch confirms. Another one fails, and so is tried again: an answer may be older than the
    /// OK. What the failure queue brings back is shown as not confirmed, and ends nothing.
    pub(super) async fn send_ok(&self, read: &Read<'_>, run: &InvocationState<'_>) {
        let confirmation = self.confirmation(read, run).await;
        let error = match confirmation {
            Confirmation::Confirmed => return self.send_or_keep(read, run).await,
            Confirmation::Contradicted(state) => SendError::Contradicted { state },
            Confirmation::Early => SendError::EarlyOk,
            Confirmation::Unreachable => SendError::Unconfirmed,
        };
        if !run.ok_alarms.is_redelivery() {
            return run.fail(&read.id, error);
        }
        tracing::warn!(id = read.id, alert = read.alert, error = %ErrorChain(&error), "shown, and ends nothing");
        self.send_or_keep(&read.unconfirmed(confirmation), run)
            .await;
        if confirmation == Confirmation::Unreachable {
            run.fail(&read.id, error);
        }
    }

    /// A message that is given up, as it is shown, and the sinks that lack it. Of an OK that CloudWatch contradicts they
    /// lack what says so; one that could not be judged was not sent.
    pub(super) async fn given_up<'m>(
        &self,
        read: Read<'m>,
        run: &InvocationState<'_>,
    ) -> (Read<'m>, Vec<Sink>) {
        let confirmation = if read.is_ok() {
            self.confirmation(&read, run).await
        } else {
            Confirmation::Confirmed
        };
        let shown = read.unconfirmed(confirmation);
        match confirmation {
            Confirmation::Confirmed => {
                let lacking = self.lacking(&read).await;
                (read, lacking)
            }
            Confirmation::Unreachable => (shown, self.lacking(&read).await),
            Confirmation::Contradicted(_) | Confirmation::Early => {
                let lacking = self.lacking(&shown).await;
                (shown, lacking)
            }
        }
    }

    async fn confirmation(&self, read: &Read<'_>, run: &InvocationState<'_>) -> Confirmation {
        let home = self.config.home();
        let claim = home.and_then(|home| OkClaim::of(read.decoded.alarm()?, home));
        let Some(claim) = claim else {
            return Confirmation::Confirmed;
        };
        // A name that no alarm can have is that of an alarm that does not exist.
        let Some(name) = claim.name() else {
            return Confirmation::Confirmed;
        };
        if self.is_on_record(read).await {
            return Confirmation::Confirmed;
        }
        let names = run.ok_alarms.names();
        if !names.iter().any(|known| known == name) {
            return Confirmation::Unreachable;
        }
        let states = run
            .ok_alarms
            .states
            .get_or_init(|| self.states(names, run))
            .await;
        claim.judge(states.as_deref(), self.delivery.clock.now())
    }

    /// Whether the OK was confirmed before: only then it is recorded.
    async fn is_on_record(&self, read: &Read<'_>) -> bool {
        let stored = self.delivery.read(&RowKey::oks(&read.alert)).await;
        stored.is_some_and(|stored| stored.row.has(read.event))
    }

    async fn states(&self, names: &[String], run: &InvocationState<'_>) -> Option<Vec<AlarmState>> {
        let states = self.delivery.ports.read_alarm_states(names);
        let states = self.delivery.within(run.invocation, states).await;
        states
            .and_then(|states| states)
            .inspect_err(|fault| {
                tracing::warn!(alarms = names.len(), error = %ErrorChain(fault), "the OKs of these alarms are not confirmed");
            })
            .ok()
    }
}
