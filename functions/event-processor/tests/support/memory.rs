//! The memory of a process that does one thing: a test that starts itself again, with the input on the standard input.

use std::{
    env, fs,
    io::Write,
    process::{Command, Stdio},
};

/// The size that the environment asks for, in batches.
pub(crate) fn batches() -> Option<usize> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let wanted = env::var("PICKET_SOAK_BATCHES");
    wanted.ok().map(|batches| batches.parse().unwrap())
}

/// Runs an ignored test of this binary in a process of its own, and returns what it reported: its memory, and two
/// counts.
pub(crate) fn run(name: &str, input: &[u8]) -> [u64; 3] {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let line = text.lines().find(|line| line.contains("memory ")).unwrap();
    let numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    <[u64; 3]>::try_from(numbers.collect::<Vec<_>>()).unwrap()
}

/// What such a test prints: the most memory that this process had, in KiB, and two counts with their names.
pub(crate) fn report(counts: [(&str, u64); 2]) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let memory = line.unwrap().split_whitespace().nth(1).unwrap();
    let [(first, of_first), (second, of_second)] = counts;
    format!("memory {memory} {first} {of_first} {second} {of_second}")
}
