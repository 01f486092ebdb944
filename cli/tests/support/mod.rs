//! Runs command lines in the test's process.

use std::process::ExitCode;

use picket_cli::Output;

/// Runs a command line as `picket` would: exit status, answers, complaints.
pub(crate) async fn picket(arguments: &[&str]) -> (ExitCode, String, String) {
    let (mut answers, mut complaints) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("picket")
        .chain(arguments.iter().copied())
        .map(Into::into);
    let exit = picket_cli::run(arguments, &mut Output::new(&mut answers, &mut complaints)).await;
    let plain =
        |bytes: &[u8]| anstream::adapter::strip_str(&String::from_utf8_lossy(bytes)).to_string();
    (exit, plain(&answers), plain(&complaints))
}

/// What distinguishes exit statuses: `ExitCode` has no equality, and its debug form shows the number.
pub(crate) fn status(exit: ExitCode) -> String {
    format!("{exit:?}")
}
