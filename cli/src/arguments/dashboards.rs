//! `picket dashboards`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum DashboardsCommand {
    /// Writes the bodies of dashboards into the templates that have them. Exit status 1 where one cannot be made.
    ///
    /// A source is `dashboards/*.yaml` beside a workload's `template.yaml`. The body goes between two comments of the
    /// template; a source that has none yet is refused with the lines to add. From `prometheus/dashboards/*.yaml`, the
    /// files of Grafana's dashboards are written, `prometheus/grafana/dashboards/*.json`.
    #[command(after_help = "Examples:
  picket dashboards write
  picket dashboards write workloads/bedrock-usage")]
    Write {
        /// Folders of workloads. Without, all of the checkout around the working directory.
        folders: Vec<PathBuf>,
    },
    /// Whether templates hold what their sources give. Exit status 1 where one does not. `picket check` checks this too.
    #[command(after_help = "Examples:
  picket dashboards check
  picket dashboards check workloads/bedrock-usage --json")]
    Check {
        /// Folders of workloads. Without, all of the checkout around the working directory.
        folders: Vec<PathBuf>,
    },
}
