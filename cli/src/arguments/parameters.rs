//! `picket parameters`.

use clap::Subcommand;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ParametersCommand {
    /// Writes docs/parameters.md of the checkout around the working directory.
    #[command(after_help = "Example:
  picket parameters write")]
    Write,
    /// Whether docs/parameters.md is what the templates give. Exit status 1 where it is not. `picket check` checks this
    /// too.
    #[command(after_help = "Example:
  picket parameters check")]
    Check,
}
