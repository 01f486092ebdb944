//! Replays, in peace and while functions die: the ledger has every request once (promise 1).

use std::num::NonZeroU32;

use anyhow::{Context, ensure};
use picket_line::{
    line::Line,
    prometheus::Queries,
    replay::{self, Connection},
};

use crate::{Outcome, recording::recording};

/// The two functions between the stream and the ledger.
const COUNTERS: [&str; 2] = ["EventProcessor", "MetricsPublisher"];

/// Requests of a replay that compares the ledger.
const REQUESTS: u64 = 4_000;
/// Requests of one that compares the views too, and the agents that they are dealt to: more than CloudWatch has series
/// for.
const FEW: u64 = 400;
const AGENTS: u32 = 60;
/// Seconds that an invocation of the publisher may take meanwhile. A claim of one that is killed is waited for as long,
/// and a tick begins nothing in its last six.
const TIMEOUT: i32 = 12;

/// In peace.
pub(crate) async fn replay(line: &Line) -> Outcome {
    let summary = replay::replay(
        &Connection::of(line)?,
        &recording(REQUESTS)?,
        &line.journal,
        |_| (),
    )
    .await?;
    ensure!(summary.exact, "{summary:?}");
    Ok(())
}

/// While both functions get SIGKILL now and then.
pub(crate) async fn replay_with_kills(line: &Line) -> Outcome {
    let summary = replay::replay_killing(
        &Connection::of(line)?,
        &recording(REQUESTS)?,
        &line.journal,
        |_| (),
    )
    .await?;
    ensure!(summary.exact, "{summary:?}");
    ensure!(
        summary.killed > 2,
        "only {} processes were killed: this proved nothing",
        summary.killed
    );
    Ok(())
}

/// While both abort before and after each of their writes, now and then.
pub(crate) async fn replay_with_faults(line: &Line) -> Outcome {
    let points = [
        "before-commit:0.1,after-commit:0.1",
        "before-fold:0.05,after-fold:0.2,before-put:0.05,after-put:0.05,before-values:0.05,after-values:0.05,before-samples:0.05,after-samples:0.05",
    ];
    for (function, points) in COUNTERS.into_iter().zip(points) {
        line.set_variable(function, "PICKET_FAULT", Some(points))
            .await?;
    }
    let outcome = replay(line).await;
    for function in COUNTERS {
        line.set_variable(function, "PICKET_FAULT", None).await?;
    }
    outcome
}

/// While both functions get SIGKILL now and then, with more agents than CloudWatch gets series: the ledger, CloudWatch
/// and Prometheus have every request once, but for slices that are counted as ambiguous.
pub(crate) async fn views_with_kills(line: &Line, prometheus: Option<&Queries>) -> Outcome {
    let connection = Connection::of(line)?.with_prometheus(prometheus.cloned());
    let recording = recording(FEW)?.dealt_to(NonZeroU32::new(AGENTS));
    let before = set_timeout(line, TIMEOUT).await?;
    let summary = replay::replay_whole(&connection, &recording, true, &line.journal, |_| ()).await;
    set_timeout(line, before).await?;
    let summary = summary?;
    ensure!(summary.holds(), "{summary:?}");
    ensure!(summary.killed > 2, "{} were killed", summary.killed);
    let views = summary.views.context("no views were compared")?;
    ensure!(
        views.cloudwatch.agents.other.requests > 0,
        "all agents have series of their own: this proved nothing of Other"
    );
    ensure!(views.prometheus.is_some() == prometheus.is_some());
    Ok(())
}

/// Sets the publisher's timeout, and says what it was.
async fn set_timeout(line: &Line, seconds: i32) -> anyhow::Result<i32> {
    let (lambda, function) = (line.clients.lambda(), line.outputs.get("MetricsPublisher")?);
    let configuration = lambda.get_function_configuration().function_name(function);
    let before = configuration.send().await?.timeout();
    let update = lambda.update_function_configuration();
    update
        .function_name(function)
        .timeout(seconds)
        .send()
        .await?;
    before.context("the publisher has no timeout")
}
