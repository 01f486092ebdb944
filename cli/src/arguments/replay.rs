//! `picket replay`.

use std::{num::NonZeroU32, path::PathBuf};

use clap::Args;

/// The arguments of `picket replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Kills the event processor and the metrics publisher now and then meanwhile: the totals must not differ.
    #[arg(long)]
    pub(crate) kill: bool,
    /// Deals the requests to so many agents in turn: `agent-0001` and on. Without, all are of the agent `replay`.
    #[arg(long)]
    pub(crate) agents: Option<NonZeroU32>,
}
