//! What counting an event takes in memory, above a process that holds its bytes as a bare runtime does.

use std::{
    env, fs,
    hint::black_box,
    io::Read,
    process::{Command, ExitCode, Stdio},
};

use crate::{event, ours};

/// Starts one process that holds the event and one that counts it too, and compares the most that each ever had.
pub fn compare() -> ExitCode {
    let [holding, counting] = ["holding", "counting"].map(most);
    println!("holding the event\t{holding} KiB");
    println!(
        "counting it\t{counting} KiB, {} KiB more",
        counting.saturating_sub(holding)
    );
    ExitCode::SUCCESS
}

fn most(name: &str) -> u64 {
    let program = env::current_exe().expect("a program has a path");
    let mut process = Command::new(program)
        .args(["memory", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts once more");
    let mut input = process.stdin.take().expect("it was asked for");
    std::io::Write::write_all(&mut input, &event::event()).expect("it reads the event");
    drop(input);
    let output = process.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .expect("a number")
}

/// One of the two: reads the event from the standard input, and prints the most memory that it had, in KiB.
pub fn of(name: &str) -> ExitCode {
    let mut event = Vec::with_capacity(8 << 20);
    std::io::stdin().read_to_end(&mut event).expect("an event");
    ours::prepare();
    if name == "counting" {
        black_box(ours::run(&event));
    }
    let status = fs::read_to_string("/proc/self/status").expect("Linux says it");
    let most = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("Linux says it");
    println!("{}", most.trim().trim_end_matches(" kB"));
    black_box(event);
    ExitCode::SUCCESS
}
