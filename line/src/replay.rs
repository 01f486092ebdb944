//! Replays a recorded hour of requests to a language model through the deployed line, and compares what the ledger
//! counted with what the recording holds: tokens, and dollars to the last digit.

mod cloudwatch;
mod connection;
mod counts;
mod expected;
mod kills;
mod ledger;
mod processes;
mod recording;
mod view;
mod views;

use std::{sync::atomic::Ordering, time::Duration};

use anyhow::{Result, bail, ensure};
use picket_aws::stream::{self, Stream};
use picket_shared::clock::{Clock, SystemClock};
use serde::Serialize;

pub use connection::Connection;
pub use counts::{Agents, Counts};
pub use expected::Totals;
pub use recording::{AGENT, MODEL, Recording, Request};
pub use view::View;
pub use views::Views;

use ledger::Ledger;

use crate::{
    checkout::Checkout,
    journal::{Journal, LineEvent},
};

/// The options of a replay.
#[derive(Debug, Clone)]
pub struct Options {
    /// The requests, dealt to their agents.
    pub recording: Recording,
    /// Whether the processor and the publisher are killed now and then meanwhile: the totals must not differ.
    pub kill: bool,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Requests put into the stream.
    pub sent: u64,
    /// Requests that the ledger has.
    pub counted: u64,
    /// Requests there are.
    pub total: u64,
}

/// The result of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The recording and the ledger agree in everything.
    pub exact: bool,
    /// The totals of the recording.
    pub expected: Totals,
    /// The totals of the ledger.
    pub counted: Totals,
    /// Processes of functions that were killed meanwhile.
    pub killed: u32,
    /// The ledger's rows by agent.
    pub agents: Agents,
    /// CloudWatch and Prometheus; `None` where they were not compared.
    pub views: Option<Views>,
}

impl Summary {
    /// The ledger is exact, and the views are as they must be.
    pub fn holds(&self) -> bool {
        let expected = self.expected.counts();
        self.exact && self.views.as_ref().is_none_or(|views| views.hold(expected))
    }
}

/// The ledger is at most two minutes behind (promise 1); that nothing moves for as long is an error.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL_EVERY: Duration = Duration::from_millis(250);

/// Replays into the line that runs in this checkout, and compares the ledger and both views.
pub async fn run(
    options: Options,
    journal: Journal,
    progress: impl Fn(Progress) + Send + Sync,
) -> Result<Summary> {
    let connection = Connection::running(&Checkout::find()?).await?;
    let Options { recording, kill } = options;
    replay_whole(&connection, &recording, kill, &journal, progress).await
}

/// Replays into a deployed line, and compares the ledger and both views. With `kill`, the processor and the publisher
/// are killed now and then until the ledger has everything.
pub async fn replay_whole(
    connection: &Connection,
    recording: &Recording,
    kill: bool,
    journal: &Journal,
    progress: impl Fn(Progress) + Send + Sync,
) -> Result<Summary> {
    let now = SystemClock.now();
    let recording = recording.ending_at(now)?;
    let before = views::Before::read(connection, &recording, now).await?;
    let summary = if kill {
        replay_killing(connection, &recording, journal, progress).await?
    } else {
        replay(connection, &recording, journal, progress).await?
    };
    Ok(Summary {
        views: Some(before.after(connection, &recording).await?),
        ..summary
    })
}

/// Replays into a deployed line while the processor and the publisher are killed now and then, and compares the ledger.
pub async fn replay_killing(
    connection: &Connection,
    recording: &Recording,
    journal: &Journal,
    progress: impl Fn(Progress) + Send + Sync,
) -> Result<Summary> {
    let total = recording.requests().len() as u64;
    let tally = kills::Tally::default();
    let note = |now: Progress| {
        tally.counted.store(now.counted, Ordering::Relaxed);
        progress(now);
    };
    let summary = tokio::select! {
        summary = replay(connection, recording, journal, note) => summary?,
        stopped = kills::run(connection, total, &tally) => {
            stopped?;
            bail!("no process was left to kill")
        }
    };
    Ok(Summary {
        killed: tally.killed.into_inner(),
        ..summary
    })
}

/// Replays into a deployed line, and compares the ledger.
pub async fn replay(
    connection: &Connection,
    recording: &Recording,
    journal: &Journal,
    progress: impl Fn(Progress) + Send + Sync,
) -> Result<Summary> {
    let total = recording.requests().len() as u64;
    ensure!(total > 0, "the recording is empty");
    let now = SystemClock.now();
    let recording = &recording.ending_at(now)?;
    let expected = expected::totals(recording)?;
    let before = ledger::read(connection, recording).await?;
    let events = recording.events(&format!("replay-{}", now.as_millisecond()));
    let stream = Stream::new(connection.clients.kinesis(), &connection.stream);
    let mut sent = 0;
    let each = |events: usize| {
        sent += events as u64;
        progress(Progress {
            sent,
            counted: 0,
            total,
        });
        journal.write(
            SystemClock.now(),
            LineEvent::Sent {
                events: events as u64,
                errors: 0,
                total: sent,
            },
        );
    };
    stream::put_all(&stream, &events, &SystemClock, each).await?;
    let ledger = wait(connection, recording, &before, total, &progress).await?;
    let counted = ledger::total(&ledger);
    Ok(Summary {
        exact: counted == expected,
        expected,
        counted,
        killed: 0,
        agents: counts::compare(&recording.by_agent(), &ledger::counts(&ledger)),
        views: None,
    })
}

/// Ticks the publisher and reads the ledger until it has as many requests as were sent, or no longer changes.
async fn wait(
    connection: &Connection,
    recording: &Recording,
    before: &Ledger,
    total: u64,
    progress: impl Fn(Progress),
) -> Result<Ledger> {
    let mut moved_at = SystemClock.now();
    let mut last = 0;
    loop {
        // A tick that fails is no news: the next one repairs it, and here functions may be killed on purpose.
        if let Err(error) = connection.tick().await {
            tracing::info!("a tick failed: {error:#}");
        }
        let added = ledger::added(before, &ledger::read(connection, recording).await?)?;
        let counted = ledger::total(&added);
        progress(Progress {
            sent: total,
            counted: counted.requests,
            total,
        });
        if counted.requests >= total {
            return Ok(added);
        }
        if counted.requests != last {
            (last, moved_at) = (counted.requests, SystemClock.now());
        }
        let still =
            Duration::try_from(SystemClock.now().duration_since(moved_at)).unwrap_or_default();
        if still > PATIENCE {
            bail!("the ledger stays at {last} of {total} requests: see the functions' logs");
        }
        SystemClock.sleep(POLL_EVERY).await;
    }
}
