//! The demo: the last quarter of an hour of a company whose scheduling assistant meets trouble, played in half a minute.
//!
//! A time-lapse: the events carry the times of the story's minutes, and the alarms are evaluated at the end of each; everything
//! between (stream, functions, tables, metrics, topics) is the deployed stack at work. Nothing is told to be seen that was not
//! read back from where it should have arrived.

mod charts;
mod scenario;
mod steps;
mod story;
mod summary;
mod throttled;

use std::path::PathBuf;

use anyhow::{Context, Result};
use picket_shared::clock::{Clock, SystemClock};

pub use summary::{StepSummary, Summary};

use crate::{
    checkout::Checkout,
    journal::{Happening, Journal},
    line::{Bare, Line, Options as LineOptions},
    local::Announcement,
};

/// How the demo runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Ends with the scenario; else the page stays until Ctrl-C.
    pub headless: bool,
    /// The page's port; 0 is any free one.
    pub page_port: u16,
}

/// The stack's name.
const STACK: &str = "picket-demo";

/// Plays the scenario on a line of its own, and writes `target/demo/summary.json`.
///
/// Ctrl-C ends it in order, at any time. An error is a line that could not be set up; what the scenario did not see is in the
/// summary.
pub async fn run(options: Options, journal: Journal) -> Result<Summary> {
    let checkout = Checkout::find()?;
    tokio::select! {
        summary = play(&checkout, &options, &journal) => summary,
        stopped = tokio::signal::ctrl_c() => {
            stopped.context("Ctrl-C cannot be listened to")?;
            anyhow::bail!("stopped by Ctrl-C before the scenario's end")
        }
    }
}

async fn play(checkout: &Checkout, options: &Options, journal: &Journal) -> Result<Summary> {
    let folder = checkout.root().join("target/local");
    let line_options = LineOptions {
        folder: folder.clone(),
        stack: STACK.to_owned(),
        page_port: options.page_port,
        window: Some(scenario::WINDOW),
        parameters: scenario::parameters(),
    };
    let mut steps = steps::Steps::new(journal.clone(), SystemClock);
    let bare = steps
        .must(
            "Start the line",
            Bare::start(checkout, line_options, journal),
        )
        .await?;
    note(journal, format!("Watch it on {}", bare.page()));
    let _announcement = Announcement::make(&folder, bare.endpoint(), STACK, bare.page())?;
    throttled::create(bare.clients()).await?;
    let line = steps.must("Deploy with SAM", bare.deploy()).await?;
    scenario::play(&line, &mut steps, options.headless).await?;
    let summary = steps.summary();
    summary.write(&checkout.root().join("target/demo"))?;
    if !options.headless {
        stay(&line).await?;
    }
    Ok(summary)
}

/// Keeps the page up, and the line running, until Ctrl-C.
async fn stay(line: &Line) -> Result<()> {
    line.note(format!(
        "The line stays up: see {} and end it with Ctrl-C",
        line.page()
    ));
    std::future::pending().await
}

fn note(journal: &Journal, text: String) {
    journal.write(SystemClock.now(), Happening::Note { text });
}

/// Where a run's summary is written.
pub fn summary_file(checkout: &Checkout) -> PathBuf {
    checkout.root().join("target/demo").join(summary::FILE)
}
