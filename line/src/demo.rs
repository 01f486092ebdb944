//! The demo: the last eighteen minutes of a company whose scheduling assistant meets trouble, played in half a
//! minute.
//!
//! The first act is a time-lapse: the events carry the times of the story's minutes, and the alarms are evaluated at the end of each;
//! everything between (stream, functions, tables, metrics, topics) is the deployed stack at work. No result is reported
//! that did not arrive read back from where it should have arrived.
//!
//! In the second act the remediator may act. It is played in the present: a repair is made of an alarm of now.

mod charts;
mod drill;
mod expectations;
mod live;
mod repairs;
mod scenario;
mod scene;
mod settings;
mod steps;
mod story;
mod summary;
mod throttled;
mod workload;

use std::{
    convert::Infallible,
    num::NonZeroU16,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use picket_shared::clock::{Clock, SystemClock};
use tokio::signal::unix::{SignalKind, signal};

use workload::{Rules, Workload};

pub use summary::{StepSummary, Summary};

use crate::{
    checkout::Checkout,
    emulator::{REGION, ROOT_KEY},
    journal::{Journal, LineEvent},
    line::{Bare, Line, Options as LineOptions},
    local::{Announcement, Local},
    prometheus::Prometheus,
};

/// How the demo runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Ends with the scenario; else the page stays until Ctrl-C.
    pub headless: bool,
    /// Without a scenario: traffic goes on, and every alarm is evaluated, from the start.
    pub live: bool,
    /// The page's port; 0 is any free one.
    pub page_port: u16,
    /// The shards of the stream.
    pub shards: NonZeroU16,
    /// Whether the line writes to a Prometheus of its own too, which `scripts/prometheus.sh` installs.
    pub prometheus: bool,
    /// A workload that is played instead of the scenario: its sample events, and its alarms.
    pub workload: Option<String>,
}

/// The stack's name.
const STACK: &str = "picket-demo";

/// Plays the scenario on a line of its own, and writes `target/demo/summary.json`.
///
/// Ctrl-C and SIGTERM end it in order, at any time. An error is a line that could not be set up, or was ended before
/// the scenario was over; what the scenario did not see is in the summary.
pub async fn run(options: Options, journal: Journal) -> Result<Summary> {
    let checkout = Checkout::find()?;
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be listened to")?;
    tokio::select! {
        summary = Box::pin(play(&checkout, &options, &journal)) => summary,
        _ = tokio::signal::ctrl_c() => stopped(&checkout, "Ctrl-C"),
        _ = terminate.recv() => stopped(&checkout, "SIGTERM"),
    }
}

/// The summary of a run that was stopped from outside, if its scenario had ended.
fn stopped(checkout: &Checkout, by: &str) -> Result<Summary> {
    let over = Summary::read(&checkout.root().join("target/demo"));
    over.map_err(|_| anyhow!("stopped by {by} before the scenario's end"))
}

async fn play(checkout: &Checkout, options: &Options, journal: &Journal) -> Result<Summary> {
    let folder = checkout.root().join("target/local");
    Local::refuse_another(&folder).await?;
    Summary::forget(&checkout.root().join("target/demo"))?;
    let workload = match &options.workload {
        Some(name) => Some(Workload::read(checkout.root(), name)?),
        None => None,
    };
    let (prometheus, rules) = if options.prometheus {
        let name = options.workload.as_deref().unwrap_or_default();
        let rules = Rules::read(checkout.root(), name, &folder).await?;
        let prometheus = start_prometheus(checkout, &folder, rules.as_ref()).await?;
        (Some(prometheus), rules)
    } else {
        (None, None)
    };
    let mut setup = line_options(folder.clone(), options.page_port);
    setup
        .parameters
        .push(("StreamShards".to_owned(), options.shards.to_string()));
    if let Some(prometheus) = &prometheus {
        setup.parameters.extend(prometheus.parameters());
        setup.prometheus = Some(prometheus.queries().clone());
    }
    if let Some(workload) = &workload {
        workload.switch_on(&mut setup);
    }
    let mut steps = steps::Steps::new(journal.clone(), SystemClock);
    let bare = steps
        .must("Start the line", Bare::start(checkout, setup, journal))
        .await?;
    note(journal, format!("Watch it on {}", bare.page()));
    let reach = format!(
        "Reach it at {}, Region {REGION}, access key {ROOT_KEY} and secret {ROOT_KEY}: eval \"$(target/debug/picket line env)\"",
        bare.endpoint()
    );
    note(journal, reach);
    if let Some(prometheus) = &prometheus {
        let text = format!(
            "Prometheus is at {}, its Grafana dashboards on {}/assets/grafana.html, its log in {}",
            prometheus.queries().address(),
            bare.page(),
            prometheus.log().display()
        );
        note(journal, text);
    }
    let local = Local {
        endpoint: bare.endpoint().to_owned(),
        region: REGION.to_owned(),
        stack: STACK.to_owned(),
        page: bare.page().to_owned(),
        process_group: bare.process_group(),
        prometheus: prometheus
            .as_ref()
            .map(|prometheus| prometheus.queries().address().to_owned()),
    };
    let _announcement = Announcement::make(&folder, &local)?;
    let line = steps.must("Deploy with SAM", bare.deploy()).await?;
    let played = workload.as_ref().map(|workload| (workload, rules.as_ref()));
    tokio::select! {
        summary = Box::pin(act(checkout, options, played, &line, &mut steps)) => summary,
        reason = line.ended() => Err(reason),
    }
}

/// What is played on a deployed line, and what follows it.
async fn act(
    checkout: &Checkout,
    options: &Options,
    workload: Option<(&Workload, Option<&Rules>)>,
    line: &Line,
    steps: &mut steps::Steps<SystemClock>,
) -> Result<Summary> {
    match workload {
        Some((workload, rules)) => {
            Box::pin(workload::play(line, checkout, workload, rules, steps)).await?;
        }
        None if options.live => {}
        None => {
            Box::pin(scenario::play(line, steps, options.headless)).await?;
            Box::pin(repairs::play(line, steps)).await?;
        }
    }
    let summary = steps.summary();
    summary.write(&checkout.root().join("target/demo"))?;
    if !options.headless {
        let rules = workload.and_then(|(_, rules)| rules);
        match stay(line, rules, &summary).await {}
    }
    Ok(summary)
}

async fn start_prometheus(
    checkout: &Checkout,
    folder: &Path,
    rules: Option<&Rules>,
) -> Result<Prometheus> {
    let configuration = match rules {
        Some(rules) => rules.configuration()?,
        None => String::new(),
    };
    let folder = folder.join("prometheus");
    let started = Prometheus::configured(checkout, &folder, &configuration).await?;
    started.context("there is no Prometheus: run scripts/prometheus.sh")
}

/// How a line that the scenario is played on must be set up.
pub fn line_options(folder: PathBuf, page_port: u16) -> LineOptions {
    LineOptions {
        folder,
        stack: STACK.to_owned(),
        page_port,
        window: Some(scenario::WINDOW),
        parameters: scenario::parameters(),
        prometheus: None,
    }
}

/// Adds the parameters with which a stack has everything of every workload.
pub fn switch_all_workloads_on(checkout: &Checkout, options: &mut LineOptions) -> Result<()> {
    workload::switch_all_on(checkout.root(), options)
}

/// Plays the scenario, without pauses, on a line that is already deployed with [`line_options`].
pub async fn play_on(line: &Line) -> Result<Summary> {
    let mut steps = steps::Steps::new(line.journal.clone(), SystemClock);
    Box::pin(scenario::play(line, &mut steps, true)).await?;
    Box::pin(repairs::play(line, &mut steps)).await?;
    Ok(steps.summary())
}

/// Keeps the page up, and the line live, until Ctrl-C.
async fn stay(line: &Line, rules: Option<&Rules>, summary: &Summary) -> Infallible {
    let begun = LineEvent::Live {
        steps: summary.steps.len(),
        seen: summary.seen(),
    };
    line.journal.write(SystemClock.now(), begun);
    line.note(format!(
        "The line stays up: traffic goes on, and each minute every alarm is evaluated. See {} and end it with Ctrl-C",
        line.page()
    ));
    live::run(line, rules).await
}

fn note(journal: &Journal, text: String) {
    journal.write(SystemClock.now(), LineEvent::Note { text });
}
