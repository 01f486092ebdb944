//! The arguments of `picket new-workload` and `picket compose`.

use std::path::PathBuf;

use clap::Args;

use super::adopt::WorkloadName;

/// The arguments of `picket new-workload`.
#[derive(Debug, Args)]
pub(crate) struct NewWorkloadArguments {
    /// The workload's name: lower-case letters, digits and hyphens.
    pub(crate) name: WorkloadName,
    /// The folder in which the workload's folder is made. Without, the first folder that `WORKLOADS` names.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) at: Option<PathBuf>,
}

/// The arguments of `picket compose`.
#[derive(Debug, Args)]
pub(crate) struct ComposeArguments {
    /// The folder to which the templates are written. Without, target/composed in the checkout.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) into: Option<PathBuf>,
}
