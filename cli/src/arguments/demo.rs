//! `picket demo`.

use std::num::NonZeroU16;

use clap::Args;

/// The arguments of `picket demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Run the scenario once, write target/demo/summary.json, and succeed only if every step was seen to happen.
    #[arg(long)]
    pub(crate) headless: bool,
    /// The page's port; without, 4180, or any free one where headless.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Shards of the stream.
    #[arg(long, default_value = "1")]
    pub(crate) shards: NonZeroU16,
    /// Writes to a Prometheus too (`scripts/prometheus.sh` installs one), which runs as long as the line does.
    #[arg(long)]
    pub(crate) prometheus: bool,
    /// Plays no scenario: traffic goes on, and every alarm is evaluated each minute, yours too, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["headless", "workload"])]
    pub(crate) live: bool,
    /// Plays a workload instead: its sample events go through the line, and each of its alarms fires and clears.
    #[arg(long, value_name = "NAME")]
    pub(crate) workload: Option<String>,
}
