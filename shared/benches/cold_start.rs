//! Init time of the six functions beside a function that does nothing: from exec to the first request for an event,
//! against a runtime API on loopback, with no other endpoint answering.
//!
//! `cargo build --release && cargo build --release -p picket-shared --example bare && cargo bench -p picket-shared
//! --bench cold_start`

#![expect(clippy::print_stdout, reason = "a benchmark's figures")]

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use picket_shared::clock::{Clock, SystemClock};

/// Rounds, interleaved so that a slow second of the machine falls on all alike.
const ROUNDS: usize = 101;
/// The first, which is left out of them: it reads the binaries from the disk.
const WARM_UP: usize = 3;

/// Between looks for a request: a hundredth of what is measured.
const LOOK_EVERY: Duration = Duration::from_micros(20);

const FUNCTIONS: [&str; 6] = [
    "event-processor",
    "metrics-publisher",
    "probe-runner",
    "slack-forwarder",
    "cost-reporter",
    "alarm-remediator",
];

/// The bar: init within this many times the bare function's.
const BAR: f64 = 1.5;

/// The variables of all functions, set for each: an unused variable costs nothing.
const VARIABLES: [(&str, &str); 38] = [
    ("PATH", "/usr/bin:/bin"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
    ("AWS_SESSION_TOKEN", "token"),
    // The port of nobody.
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ("AWS_LAMBDA_FUNCTION_NAME", "function"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "group"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
    ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
    ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
    ("ENVIRONMENT", "dev"),
    ("STACK_NAME", "picket-dev"),
    ("CHAIN_TABLE", "chain"),
    ("LEDGER_TABLE", "ledger"),
    ("ALERTS_TABLE", "alerts"),
    ("REMEDIATION_TABLE", "remediation"),
    ("QUARANTINE_BUCKET", "quarantine"),
    ("STREAM_NAME", "events"),
    ("STREAM_RETENTION_HOURS", "24"),
    ("SETTLE_SECONDS", "10"),
    ("MAXIMUM_SERIES", "1000"),
    ("SLACK_PARAMETER_PREFIX", "/picket/slack"),
    ("SLACK_ALLOWED_HOSTS", "hooks.slack.com"),
    ("SLACK_API_URL", "https://slack.com/api"),
    (
        "CRITICAL_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:critical",
    ),
    (
        "WARNING_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:warning",
    ),
    ("INFO_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:info"),
    (
        "FALLBACK_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:fallback",
    ),
    (
        "FAILURE_QUEUE_ARN",
        "arn:aws:sqs:eu-west-1:111122223333:failures",
    ),
    (
        "CRITICAL_EMAIL_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:mail",
    ),
    (
        "WARNING_EMAIL_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:mail",
    ),
    (
        "INFO_EMAIL_TOPIC_ARN",
        "arn:aws:sns:eu-west-1:111122223333:mail",
    ),
    ("REMEDIATION_MODE", "observe"),
    ("KILL_SWITCH_PARAMETER", "/picket/kill-switch"),
];

fn main() {
    let builds = builds();
    let bare = builds.join("examples/bare");
    let programs: Vec<(&str, PathBuf)> = [("bare", bare)]
        .into_iter()
        .chain(FUNCTIONS.map(|name| (name, builds.join(name))))
        .filter(|(_, program)| program.is_file())
        .collect();
    let runtime_api = TcpListener::bind("127.0.0.1:0").expect("a free local port");
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for round in 0..WARM_UP + ROUNDS {
        for (name, program) in &programs {
            let milliseconds = init(program, &runtime_api);
            if round >= WARM_UP {
                times.entry(name).or_default().push(milliseconds);
            }
        }
    }
    let bare = median(&mut times, "bare");
    println!("medians of {ROUNDS} rounds, milliseconds from exec to the first /next");
    println!("bare\t{bare:.2}\t1.00");
    for name in FUNCTIONS {
        if !times.contains_key(name) {
            println!("{name}\tnot built: cargo build --release");
            continue;
        }
        let median = median(&mut times, name);
        let ratio = median / bare;
        let over = if ratio > BAR { "\tabove the bar" } else { "" };
        println!("{name}\t{median:.2}\t{ratio:.2}{over}");
    }
}

/// Where cargo puts release builds: this program lies in `deps` beside them, or in a target's folder of its own.
fn builds() -> PathBuf {
    let own = env::current_exe().expect("this program is a file");
    let deps = own.parent().unwrap_or(Path::new("."));
    deps.parent().unwrap_or(deps).to_path_buf()
}

/// Milliseconds until the program asks for its first event; it is ended then.
fn init(program: &Path, runtime_api: &TcpListener) -> f64 {
    let address = runtime_api.local_addr().expect("it listens").to_string();
    let start = SystemClock.now();
    let mut child = Command::new(program)
        .env_clear()
        .envs(VARIABLES)
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.display()));
    let asked = wait_for_next(program, &mut child, runtime_api);
    let milliseconds = SystemClock.now().duration_since(start).as_secs_f64() * 1e3;
    drop(asked);
    child.kill().expect("the program runs");
    child.wait().expect("the program was started here");
    milliseconds
}

fn wait_for_next(program: &Path, child: &mut Child, runtime_api: &TcpListener) -> TcpStream {
    runtime_api
        .set_nonblocking(true)
        .expect("a listener can be asked without waiting");
    let stream = loop {
        if let Ok((stream, _)) = runtime_api.accept() {
            break stream;
        }
        if let Some(status) = child.try_wait().expect("the program was started here") {
            panic!(
                "{} ended before it asked for an event: {status}",
                program.display()
            );
        }
        // Asleep, not spinning: the program may need this core.
        std::thread::sleep(LOOK_EVERY);
    };
    stream.set_nonblocking(false).expect("a stream can wait");
    let mut line = String::new();
    BufReader::new(&stream)
        .read_line(&mut line)
        .expect("a request has a first line");
    assert!(line.contains("/runtime/invocation/next"), "{line}");
    stream
}

fn median(times: &mut BTreeMap<&str, Vec<f64>>, name: &str) -> f64 {
    let times = times.get_mut(name).expect("every program was run");
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
