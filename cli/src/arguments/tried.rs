//! The arguments of the commands that try configuration on recorded input: `picket ingest` and `picket explain`.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `picket ingest`.
#[derive(Debug, Args)]
pub(crate) struct IngestArguments {
    /// Kinesis events (.json), or payloads, one a line (any other name); `-` is standard input, with payloads.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The Environment dimension of the series.
    #[arg(long, default_value = "dev")]
    pub(crate) environment: String,
    /// Counts by this metrics.yaml, or that of a workload's folder, and by no others; may be given several times. Without,
    /// by those of the checkout around the working directory, and where there is none by those that are built in.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Prices usage by the rows of this prices.yaml and the imported ones. Without, as for `--rules`.
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
}

/// The arguments of `picket explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Lambda events as SNS, EventBridge or CloudWatch sends them; `-` is standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Routes by this routes.yaml. Without, by that of the checkout around the working directory, and where there is none
    /// by the one that is built in.
    #[arg(long, value_name = "FILE")]
    pub(crate) routes: Option<PathBuf>,
    /// Finds the playbook in this playbooks.yaml. Without, as for `--routes`.
    #[arg(long, value_name = "FILE")]
    pub(crate) playbooks: Option<PathBuf>,
}
