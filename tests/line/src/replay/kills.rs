//! Kills functions in the middle of their work, until it is dropped.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::Result;
use picket_shared::clock::{Clock, SystemClock};

use super::{Connection, processes};

/// Short beside a batch or a tick of a dev build, so that most of them are hit.
const PAUSES: [u64; 5] = [120, 310, 70, 480, 190];

/// Kills every running process of the two functions between stream and ledger now and then, and counts them. It ends only with an
/// error.
pub(super) async fn run(connection: &Connection, killed: &AtomicU32) -> Result<()> {
    let lambda = connection.clients.lambda();
    for pause in PAUSES.into_iter().cycle() {
        SystemClock.sleep(Duration::from_millis(pause)).await;
        for function in [&connection.processor, &connection.publisher] {
            for process in processes::of(&lambda, function, connection.process_group).await? {
                processes::kill(process)?;
                killed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}
