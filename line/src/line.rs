//! The whole line, composed: emulator, deployed stack, poller, pump, and the server with the page and the stand-ins.

mod bare;
mod functions;
mod operator;
mod parameters;
mod routes;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Result;
use picket_aws::stream::{self, OutgoingRecord, Stream};
use picket_shared::clock::{Clock, SystemClock};
use tokio::task::JoinSet;

use crate::{
    aws::Clients,
    deploy::Outputs,
    emulator::Emulator,
    evaluator::ByHand,
    journal::{Journal, LineEvent},
    known::Known,
    mailbox::Mailbox,
    poller::Progress,
    prometheus::Queries,
    pump::Pump,
    server::Server,
    silences::Silences,
    slack::Slack,
};

pub use crate::deploy::OVERRIDES;
pub use bare::Bare;
pub(crate) use functions::{invoke, tick};

/// The interval of a wait.
const POLL_EVERY: Duration = Duration::from_millis(50);

/// How a line is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its files go: a folder two levels below the root.
    pub folder: PathBuf,
    /// The stack's name.
    pub stack: String,
    /// The page's port; 0 is any free one.
    pub page_port: u16,
    /// In place of the mapping's batching window: a demo does not wait ten seconds for a batch that never fills.
    pub window: Option<Duration>,
    /// Parameters of the template beside those that every line sets.
    pub parameters: Vec<(String, String)>,
    /// The Prometheus that the line writes to, by these parameters: the page draws dashboards from it.
    pub prometheus: Option<Queries>,
}

/// A running line. Dropping it ends every process of it.
#[derive(Debug)]
pub struct Line {
    /// Clients with the root key.
    pub clients: Clients,
    /// The stack's outputs.
    pub outputs: Outputs,
    /// The journal of the line's events.
    pub journal: Journal,
    /// The Slack that messages come to.
    pub slack: Slack,
    /// How far the poller is.
    pub progress: Arc<Progress>,
    server: Server,
    stack: String,
    parameters: Vec<(String, String)>,
    /// What the checkout says of metrics.
    pub(crate) known: Known,
    _pump: Pump,
    _mailbox: Mailbox,
    _silences: Silences,
    _by_hand: ByHand,
    _poller: JoinSet<()>,
    // Last: everything above uses it until the end.
    emulator: Emulator,
}

impl Line {
    /// Whether every line sets a parameter.
    pub(crate) fn sets(parameter: &str) -> bool {
        parameters::fixed("")
            .iter()
            .any(|(name, _)| *name == parameter)
    }

    /// The page's address.
    pub fn page(&self) -> &str {
        self.server.address()
    }

    /// The stack's name.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The parameters that the stack was deployed with.
    pub(crate) fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The process group of the emulator and the functions.
    pub fn process_group(&self) -> u32 {
        self.emulator.process_group()
    }

    /// Waits until the emulator has ended, without which there is no line.
    pub async fn ended(&self) -> anyhow::Error {
        self.emulator.ended().await
    }

    /// Writes a sentence into the journal.
    pub fn note(&self, text: impl Into<String>) {
        self.journal
            .write(SystemClock.now(), LineEvent::Note { text: text.into() });
    }

    /// Puts records on the stream, and waits until the processor has processed them.
    pub(crate) async fn send(&self, records: &[OutgoingRecord]) -> Result<()> {
        let stream = Stream::new(self.clients.kinesis(), self.outputs.get("EventStream")?);
        let marks = stream::put_all(&stream, records, &SystemClock, |_| ()).await?;
        self.drained(&marks).await;
        Ok(())
    }

    /// Waits until the processor has processed everything up to these positions.
    pub async fn drained(&self, marks: &picket_aws::stream::LastPositions) {
        while !self.progress.has_passed(marks) {
            SystemClock.sleep(POLL_EVERY).await;
        }
    }
}
