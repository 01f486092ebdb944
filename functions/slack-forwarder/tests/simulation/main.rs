//! The alert path, simulated: sandboxes of the real handler, interleaved at every call of a port, between sinks, a
//! table, Lambda and its event sources that fail in every way that their documentation allows. The oracle reads Slack,
//! PagerDuty and the mail as people do, knows what the alarms really did, and shares no code with the function.
//! docs/proofs.md has what long runs showed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod dice;
mod events;
mod history;
mod maker;
mod oracle;
mod platform;
mod reader;
mod report;
mod services;
mod table;
mod truth;
mod world;

use std::{
    env,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use crate::{
    history::History,
    oracle::{Promise, Verdict, clock},
    platform::Lambda,
    report::Report,
    world::World,
};

/// The history of a seed, played.
struct Played {
    history: Arc<History>,
    lambda: Lambda,
    verdict: Verdict,
}

fn play(seed: u64) -> Played {
    let history = Arc::new(maker::make(seed));
    let mut lambda = Lambda::new(&history);
    lambda.run();
    let mut verdict = oracle::check(&lambda.shared.world());
    let in_time = |what: &String| (Promise::InTime, what.clone());
    verdict.wrong.extend(lambda.wrong.iter().map(in_time));
    Played {
        history,
        lambda,
        verdict,
    }
}

fn number(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let asked = env::var(name);
    asked.ok().map(|number| number.parse().unwrap())
}

/// Histories in a run, unless `PICKET_SOAK_HISTORIES` says how many.
const HISTORIES: u64 = 10_000;
/// After so many failed histories the rest is not played.
const ENOUGH: usize = 20;

/// Seeds from `PICKET_FIRST` on are split over the cores; each history runs on one.
#[test]
fn what_people_see_is_what_the_alarms_did() {
    let first = number("PICKET_FIRST").unwrap_or_default();
    let seeds = first..first + number("PICKET_SOAK_HISTORIES").unwrap_or(HISTORIES);
    let report = run(seeds.clone());
    println!("seeds {seeds:?}: {report}");
    assert!(report.failed.is_empty(), "{report}");
}

/// Plays these seeds on all cores.
fn run(seeds: Range<u64>) -> Report {
    let next = AtomicU64::new(seeds.start);
    let report = Mutex::new(Report::default());
    let play_some = || {
        while report.lock().unwrap().failed.len() < ENOUGH {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                return;
            }
            let played = play(seed);
            report.lock().unwrap().add(seed, &played);
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(play_some);
        }
    });
    report.into_inner().unwrap()
}

/// One history in full, after what the function logs: `PICKET_SEED=7`.
#[test]
#[ignore = "to look at one history"]
fn one_history() {
    tracing_subscriber::fmt().without_time().init();
    let Played {
        history,
        lambda,
        verdict,
    } = play(number("PICKET_SEED").unwrap_or_default());
    println!("{history:#?}");
    let world = lambda.shared.world();
    for entry in &world.log {
        let (at, says) = (clock(entry.at), entry.says(&history));
        println!("{at} {} {:?} {says:?}", entry.sink, entry.act);
    }
    let World {
        kills,
        table_faults,
        throttled,
        ambiguous,
        fallback,
        ..
    } = &*world;
    println!(
        "{kills} kills, {table_faults} faults of the table, {throttled} writes throttled, ambiguous {ambiguous:?}"
    );
    println!("fallback: {fallback:?}");
    println!("{verdict:#?}");
}
