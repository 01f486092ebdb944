//! The remediator, simulated: invocations of the real handler, interleaved at every call of a port, between a model of
//! Lambda, CloudWatch, DynamoDB, SQS, ECS, Systems Manager, SNS and EventBridge Scheduler that fail in the ways that
//! their documentation allows, people who change values, start runs and decide on plans, and forged alarms. The oracle
//! knows what was written and when, and shares no code with the function. docs/proofs.md has what long runs showed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../../../slack-forwarder/tests/simulation/dice.rs"]
mod dice;
mod kinds;
mod mixes;
mod oracle;
mod platform;
mod resource;
mod services;
mod world;

use std::{collections::BTreeMap, env, thread};

use crate::{
    kinds::Kind,
    oracle::is_change,
    platform::Platform,
    world::{What, World},
};

/// Histories in a run, unless `PICKET_SOAK_REMEDIATIONS` says how many.
const HISTORIES: u64 = 2_000;
/// The histories from which on each kind of change and revert occurs.
const ENOUGH: u64 = 1_000;
/// The failures that are shown.
const SHOWN: usize = 20;

/// What the histories had in them, so that a run shows that it reached what it judges.
#[derive(Debug, Default)]
struct Seen {
    histories: u64,
    calm: u64,
    rows: usize,
    messages: usize,
    changes: BTreeMap<Kind, u64>,
    reverts: BTreeMap<Kind, u64>,
}

impl Seen {
    fn add(&mut self, world: &World) {
        self.histories += 1;
        self.calm += u64::from(world.calm);
        self.rows += world.rows.len();
        self.messages += world.messages.len();
        for happened in &world.log {
            if let What::Write(written) = &happened.what {
                let kind = world.kind(written.resource);
                let count = if is_change(kind, written) {
                    &mut self.changes
                } else {
                    &mut self.reverts
                };
                *count.entry(kind).or_default() += 1;
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.histories += other.histories;
        self.calm += other.calm;
        self.rows += other.rows;
        self.messages += other.messages;
        for (kind, count) in other.changes {
            *self.changes.entry(kind).or_default() += count;
        }
        for (kind, count) in other.reverts {
            *self.reverts.entry(kind).or_default() += count;
        }
    }

    /// The kinds of changes, and of reverts, that did not occur.
    fn lacks(&self) -> Vec<String> {
        let changes = kinds::ALL
            .iter()
            .filter(|kind| !self.changes.contains_key(kind));
        let reverts = kinds::ALL
            .iter()
            .filter(|kind| kind.reverts() && !self.reverts.contains_key(kind));
        let changes = changes.map(|kind| format!("no change of a {}", kind.name()));
        let reverts = reverts.map(|kind| format!("no revert of a {}", kind.name()));
        changes.chain(reverts).collect()
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

fn play(seed: u64, counts: &mut Seen) -> Vec<String> {
    let mut platform = Platform::new(seed);
    platform.run();
    let world = platform.world.lock().unwrap();
    counts.add(&world);
    let wrong = oracle::check(&world);
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
    let (mut seen, mut wrong) = (Seen::default(), Vec::new());
    for worker in workers {
        let (part, found) = worker.join().unwrap();
        seen.join(part);
        wrong.extend(found);
    }
    println!("{seen:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if count >= ENOUGH {
        assert_eq!(seen.lacks(), Vec::<String>::new());
    }
}

/// Plays one history: `PICKET_SEED=7 … one_history --ignored --nocapture`.
#[test]
#[ignore = "shows one history"]
fn one_history() {
    let seed = number("PICKET_SEED").unwrap_or_default();
    let mut platform = Platform::new(seed);
    platform.run();
    let world = platform.world.lock().unwrap();
    let kinds: Vec<_> = world
        .resources
        .iter()
        .map(|resource| resource.kind)
        .collect();
    println!("{kinds:?}: {:?}", world.initial);
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
    println!("{:#?}", oracle::check(&world));
}
