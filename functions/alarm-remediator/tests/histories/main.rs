//! The remediator, simulated: invocations of the real handler, interleaved at every call of a port, between a model of
//! Lambda, CloudWatch, DynamoDB, SNS and EventBridge Scheduler that fail in the ways that their documentation allows, people
//! who change values and decide on plans, and forged alarms. The oracle knows what was written and when, and shares no code
//! with the function. docs/proofs.md has what long runs showed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../../../slack-forwarder/tests/simulation/dice.rs"]
mod dice;
mod oracle;
mod others;
mod platform;
mod services;
mod world;

use std::{env, thread};

use crate::{
    platform::Platform,
    world::{What, World},
};

/// Histories in a run, unless `PICKET_SOAK_REMEDIATIONS` says how many.
const HISTORIES: u64 = 2_000;
/// The failures that are shown.
const SHOWN: usize = 20;

/// What a history had in it, so that a run shows that it reached what it judges.
#[derive(Debug, Default)]
struct Seen {
    histories: u64,
    raises: u64,
    reverts: u64,
    rows: u64,
    messages: u64,
}

fn number(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let asked = env::var(name);
    asked.ok().map(|number| number.parse().unwrap())
}

fn play(seed: u64, counts: &mut Seen) -> Vec<String> {
    let initial = World::new(seed).reserved;
    let mut platform = Platform::new(seed);
    platform.run();
    let world = platform.world.lock().unwrap();
    for happened in &world.log {
        if let What::Write {
            planned_from, to, ..
        } = &happened.what
        {
            if to > planned_from {
                counts.raises += 1;
            } else {
                counts.reverts += 1;
            }
        }
    }
    counts.histories += 1;
    counts.rows += u64::try_from(world.rows.len()).unwrap();
    counts.messages += u64::try_from(world.messages.len()).unwrap();
    let wrong = oracle::check(&world, &initial);
    wrong
        .into_iter()
        .map(|wrong| format!("seed {seed}: {wrong}"))
        .collect()
}

#[test]
fn no_history_breaks_a_guard_rail_or_leaves_a_change_behind() {
    let first = number("PICKET_FIRST").unwrap_or_default();
    let count = number("PICKET_SOAK_REMEDIATIONS").unwrap_or(HISTORIES);
    let threads = 2;
    let workers: Vec<_> = (0..threads)
        .map(|worker| {
            thread::spawn(move || {
                let (mut seen, mut wrong) = (Seen::default(), Vec::new());
                for seed in (first..first + count).filter(|seed| seed % threads == worker) {
                    wrong.extend(play(seed, &mut seen));
                    if wrong.len() > SHOWN {
                        break;
                    }
                }
                (seen, wrong)
            })
        })
        .collect();
    let mut wrong = Vec::new();
    let mut raises = 0;
    for worker in workers {
        let (seen, found) = worker.join().unwrap();
        println!("{seen:?}");
        raises += seen.raises.min(seen.reverts);
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(raises > count, "the histories reach what is judged");
}

/// Plays one history: `PICKET_SEED=7 … one_history --ignored --nocapture`.
#[test]
#[ignore = "shows one history"]
fn one_history() {
    let seed = number("PICKET_SEED").unwrap_or_default();
    let initial = World::new(seed).reserved;
    let mut platform = Platform::new(seed);
    platform.run();
    let world = platform.world.lock().unwrap();
    println!("initial: {initial:?}");
    for happened in &world.log {
        let mut text = format!("{happened:?}");
        if let Some(end) = text.find("noted") {
            text.truncate(end);
        }
        println!("{text}");
    }
    for message in &world.messages {
        println!("{} {:?}: {}", message.outcome, message.step, message.text);
    }
    println!("{:#?}", oracle::check(&world, &initial));
}
