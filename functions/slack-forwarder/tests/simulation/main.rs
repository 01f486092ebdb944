//! The alert path, simulated: sandboxes of the real handler, interleaved at every call of a port, between sinks, a table, Lambda and its
//! event sources that fail in every way that their documentation allows. The oracle reads Slack, PagerDuty and the mail as people do, knows
//! what the alarms really did, and shares no code with the function. docs/proofs.md has what long runs showed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod dice;
mod events;
mod history;
mod oracle;
mod platform;
mod reader;
mod services;
mod table;
mod truth;
mod world;

use std::{collections::BTreeMap, env, sync::Arc};

use crate::{
    history::History,
    oracle::{Promise, Wrong, clock},
    platform::Lambda,
    world::World,
};

/// The history of a seed, played.
struct Played {
    history: Arc<History>,
    lambda: Lambda,
    wrong: Vec<Wrong>,
}

fn play(seed: u64) -> Played {
    let history = Arc::new(history::make(seed));
    let mut lambda = Lambda::new(&history);
    lambda.run();
    let mut wrong = oracle::check(&lambda.shared.world());
    let in_time = |what: &String| (Promise::InTime, what.clone());
    wrong.extend(lambda.wrong.iter().map(in_time));
    Played {
        history,
        lambda,
        wrong,
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

/// Histories in a run: so many, or `PICKET_SOAK_HISTORIES`.
const HISTORIES: u64 = 800;

#[test]
fn what_people_see_is_what_the_alarms_did() {
    let mut invocations = 0;
    for seed in 0..number("PICKET_SOAK_HISTORIES").unwrap_or(HISTORIES) {
        let Played { lambda, wrong, .. } = play(seed);
        invocations += lambda.invocations;
        assert!(wrong.is_empty(), "the history of seed {seed}: {wrong:#?}");
    }
    println!("{invocations} invocations");
}

/// One history in full: `PICKET_SEED=7`.
#[test]
#[ignore = "to look at one history"]
fn one_history() {
    let Played {
        history,
        lambda,
        wrong,
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
        ambiguous,
        fallback,
        ..
    } = &*world;
    println!("{kills} kills, {table_faults} faults of the table, ambiguous {ambiguous:?}");
    println!("fallback: {fallback:?}");
    println!("{wrong:#?}");
}

/// How often each promise is broken, and where first: `PICKET_FIRST=0 PICKET_HISTORIES=1000`.
#[test]
#[ignore = "to look at many histories"]
fn a_survey() {
    let mut all: BTreeMap<(Promise, u64), (u64, u64, String)> = BTreeMap::new();
    let first = number("PICKET_FIRST").unwrap_or_default();
    for seed in first..first + number("PICKET_HISTORIES").unwrap_or(1_000) {
        let mut known = Vec::new();
        for (promise, what) in play(seed).wrong {
            let kind = (promise, seed % history::FLAVOURS);
            if !known.contains(&kind) {
                known.push(kind);
                all.entry(kind).or_insert((0, seed, what)).0 += 1;
            }
        }
    }
    for ((promise, flavour), (count, seed, what)) in all {
        println!("{promise:?} in flavour {flavour}: {count} histories, first {seed}: {what}");
    }
}
