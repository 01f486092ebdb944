//! Kills functions in the middle of their work, until it is dropped.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::Result;
use picket_shared::clock::{Clock, SystemClock};

use super::{Connection, processes};

/// Milliseconds from kill to kill. Short ones hit most batches of a dev build, long ones let it get somewhere in between.
const PAUSES: [u64; 8] = [150, 900, 350, 1_700, 600, 2_400, 250, 1_200];

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
