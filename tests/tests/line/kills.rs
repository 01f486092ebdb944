//! Replays, in peace and while functions die: the ledger has every request once (promise 1).

use anyhow::ensure;
use picket_line::{
    line::Line,
    replay::{self, Connection},
};

use crate::{Outcome, recording::recording};

/// The two functions between the stream and the ledger.
const COUNTERS: [&str; 2] = ["EventProcessor", "MetricsPublisher"];

/// In peace.
pub(crate) async fn replay(line: &Line) -> Outcome {
    let summary =
        replay::replay(&Connection::of(line)?, &recording()?, &line.journal, |_| ()).await?;
    ensure!(summary.exact, "{summary:?}");
    Ok(())
}

/// While both functions get SIGKILL now and then.
pub(crate) async fn replay_with_kills(line: &Line) -> Outcome {
    let summary =
        replay::replay_killing(&Connection::of(line)?, &recording()?, &line.journal, |_| ())
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
