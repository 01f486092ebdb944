//! Composition only.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    picket_cli::run(std::env::args_os(), &mut picket_cli::Output::terminal()).await
}
