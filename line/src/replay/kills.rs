//! Kills functions in the middle of their work, until it is dropped.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use anyhow::Result;
use picket_shared::clock::{Clock, SystemClock};

use super::{Connection, processes};

/// Milliseconds from kill to kill. Short ones hit most batches of a dev build, long ones let it get somewhere in
/// between.
const PAUSES: [u64; 8] = [150, 900, 350, 1_700, 600, 2_400, 250, 1_200];
/// After all pauses, the functions are left alone until the ledger has so much more of the recording.
const PART: u64 = 20;
/// How often that is checked.
const POLL_EVERY: Duration = Duration::from_millis(50);

/// The number of killed processes, and the progress of the ledger.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Processes that were killed.
    pub(super) killed: AtomicU32,
    /// Requests that the ledger has.
    pub(super) counted: AtomicU64,
}

/// Kills every running process of the two functions between stream and ledger now and then, and counts them. It ends
/// only with an error.
///
/// Between bursts the functions get somewhere: with many agents a publisher of a dev build needs longer to its first
/// write than the longest pause, and one that is always killed before it proves nothing.
pub(super) async fn run(connection: &Connection, total: u64, tally: &Tally) -> Result<()> {
    let lambda = connection.clients.lambda();
    let mut rest_until = 0;
    loop {
        for pause in PAUSES {
            SystemClock.sleep(Duration::from_millis(pause)).await;
            for function in [&connection.processor, &connection.publisher] {
                for process in processes::of(&lambda, function, connection.process_group).await? {
                    processes::kill(process)?;
                    tally.killed.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        while tally.counted.load(Ordering::Relaxed) < rest_until {
            SystemClock.sleep(POLL_EVERY).await;
        }
        rest_until = next_rest(tally.counted.load(Ordering::Relaxed), total);
    }
}

/// How many requests the ledger must have before the burst after the next one.
fn next_rest(counted: u64, total: u64) -> u64 {
    (counted + total / PART).min(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_ends_with_a_part_more_and_at_the_total_at_the_latest() {
        let table = [
            (0, 4_000, 200),
            (200, 4_000, 400),
            (3_900, 4_000, 4_000),
            (0, 10, 0),
        ];
        for (counted, total, rest) in table {
            assert_eq!(next_rest(counted, total), rest);
        }
    }
}
