//! Playbooks: `functions/alarm-remediator/playbooks.yaml`, which define the repairs of an alarm, and their
//! bounds.
//!
//! The first playbook that matches is the one; an alarm that none matches is left alone.
//!
//! ```yaml
//! limits:                                  # optional: over all playbooks; the defaults are shown
//!   actions-per-hour: 5
//!   actions-per-day: 20
//!   storm: { targets: 5, within: 10m }     # with more targets in ALARM than this, nothing is changed
//! playbooks:
//!   - name: throttled-function
//!     mode: act                            # observe (default), approve or act
//!     match: { namespace: AWS/Lambda, metric: Throttles }   # one metric or a list
//!     action:
//!       raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }
//!     allow-tag: picket:remediate=true
//!     cooldown: 30m
//!     actions-per-day: 6                   # of this playbook; default 6
//!     verify-within: 15m                   # the alarm must be OK by then; default 15m
//!     healthy-for: 30m                     # optional: reverted when the alarm has been OK that long
//!     disarm-after: 3                      # changes of one target in 24 h; default 3
//!     budget: 5                            # optional: dollars per incident
//!     expires: 30m                         # of a plan that waits for approval; default 30m
//! ```
//!
//! The actions and their bounds are in [`Action`].

use std::sync::Arc;

mod action;
mod actions;
mod limits;
mod matches;
mod mode;
mod playbook;
mod read;
mod tag;
mod values;

pub use action::Action;
pub use actions::{
    Diagnose, Document, Growth, OnDemand, PauseMapping, RaiseParallelization,
    RaiseReservedConcurrency, RaiseShards, RaiseTableThroughput, RaiseTaskCount, RedeployService,
    RedriveQueue, Resource, RollBackAlias, RunAutomation, SetLogRetention, SetParameter, Source,
    StopFunction, ThroughputStep,
};
pub use limits::{Limits, Storm};
pub use matches::{AlarmFacts, AlarmMatch};
pub use mode::Mode;
pub use playbook::Playbook;
pub use tag::Tag;

use crate::{Problem, Problems};

/// The playbooks of a file, and the limits over all of them. A clone shares them: each invocation has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbooks {
    limits: Limits,
    playbooks: Arc<[Playbook]>,
}

/// Reads a file: the checked playbooks, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<Playbooks, Problems> {
    read::file(file, text)
}

/// The playbooks of workloads that are compiled in: every `workloads/*/playbooks.yaml` by its path from the root, and its
/// text.
pub const OF_WORKLOADS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/playbooks.rs"));

/// Playbooks of workloads before others, whose limits hold for all. The first that matches an alarm is the one, so that a
/// workload can have a playbook of its own for a metric.
pub fn joined<'f>(
    others: &Playbooks,
    of_workloads: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<Playbooks, Problems> {
    let mut all = Vec::new();
    for (file, text) in of_workloads {
        let read = parse(file, text)?;
        let refused = |message| Err(Problems(vec![Problem::of_file(file, message)]));
        if read.limits != Limits::default() {
            return refused(
                "`limits` hold for all playbooks, so that no workload has its own".to_owned(),
            );
        }
        let known = |playbook: &&Playbook| {
            let mut known = all.iter().chain(others.all());
            known.any(|other: &Playbook| other.name == playbook.name)
        };
        if let Some(playbook) = read.all().iter().find(known) {
            return refused(format!("another playbook is named {:?}", playbook.name));
        }
        all.extend_from_slice(read.all());
    }
    all.extend_from_slice(others.all());
    Ok(Playbooks {
        limits: others.limits,
        playbooks: all.into(),
    })
}

impl Playbooks {
    /// The playbooks in the order of the file.
    pub fn all(&self) -> &[Playbook] {
        &self.playbooks
    }

    /// The limits over all playbooks.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }
}
