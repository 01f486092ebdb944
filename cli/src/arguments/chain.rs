//! `picket chain`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ChainCommand {
    /// Reads every slice of every chain, and names those that are damaged and the places where slices are missing. Exit
    /// status 1 where one is damaged.
    #[command(after_help = "Example:
  picket chain check --stack picket-prod")]
    Check {
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
}
