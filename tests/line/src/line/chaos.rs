//! Kills functions in the middle of their work until it is dropped.

use std::time::Duration;

use anyhow::Result;
use picket_shared::clock::{Clock, SystemClock};

use super::{Line, kill};

/// Short beside a batch or a tick of a dev build, so that most of them are hit.
const PAUSES: [u64; 5] = [120, 310, 70, 480, 190];

impl Line {
    /// Kills every running process of these functions now and then, and calls `killed` for each, until it is dropped.
    pub async fn chaos(&self, functions: &[&str], killed: impl Fn()) -> Result<()> {
        for pause in PAUSES.into_iter().cycle() {
            SystemClock.sleep(Duration::from_millis(pause)).await;
            for function in functions {
                for process in self.processes(function).await? {
                    kill(process)?;
                    killed();
                }
            }
        }
        Ok(())
    }
}
