//! `picket check` and `picket filter`.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `picket check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// As objects of the override bucket: also what a deployed stack of this version would refuse them for.
    #[arg(long = "override", requires = "files")]
    pub(crate) as_override: bool,
    /// Files, and folders of workloads. Without, everything in the checkout around the working directory, and where
    /// there is none what is built in. A source of a dashboard is checked with its template.
    pub(crate) files: Vec<PathBuf>,
}

/// The arguments of `picket filter`.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    /// The pattern, as in a metric filter. May begin with a hyphen, as `-INFO` does.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) pattern: String,
    pub(crate) file: PathBuf,
}
