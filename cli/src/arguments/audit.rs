//! `picket audit`.

use clap::Args;

use super::Lasts;

/// The arguments of `picket audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// The stack's name.
    #[arg(long)]
    pub(crate) stack: String,
    /// The period that ends now: `1d` is today since midnight (UTC), `7d` the last seven days with today; or a time,
    /// such as `1h`.
    #[arg(long = "for", value_name = "TIME", default_value = "1d")]
    pub(crate) lasts: Lasts,
    /// The target as an audit row has it: a function's name, `table/NAME`, `stream/NAME`, `queue/NAME`, `group/NAME` (a
    /// log group), `service/CLUSTER/SERVICE`, `parameter/NAME`, `model/ID`, or `automation/DOCUMENT?…`.
    #[arg(long)]
    pub(crate) target: Option<String>,
}
