//! The costs of the day, per incident and since midnight, from the ledger that the same ticks fill.

use picket_aws::state::BlobKey;
use picket_shared::{
    deadline::Deadline,
    usage::{TokenCounts, USAGE_DIGEST_KEY, Usage, UsageDigest, UsageKey, UsageRow},
};

use super::{TICK, TIMEOUT, World, alone, config, interleave};
use crate::{
    handler::Handler,
    ledger::{cost_today, incident_costs::NAME},
};

/// Three dollars a million tokens of input.
fn row(incident: &str, agent: &str, input: u64) -> UsageRow {
    UsageRow {
        key: UsageKey {
            date: jiff::civil::date(2023, 11, 14),
            agent: agent.into(),
            model: "anthropic.claude-sonnet-4-6-v1:0".into(),
            incident: Some(incident.into()),
            price: None,
            batch: false,
        },
        usage: Usage {
            requests: 1,
            tokens: TokenCounts {
                input,
                ..TokenCounts::default()
            },
        },
    }
}

#[test]
fn an_incident_in_many_slices_and_shards_is_one_value() {
    let world = World::new(40);
    let million = 1_000_000;
    world.commit_usage(0, vec![row("inc-1", "triage", million)]);
    world.commit_usage(
        1,
        vec![
            row("inc-1", "writer", million),
            row("inc-2", "triage", million),
        ],
    );
    world.pass(60_000);
    alone(&world).unwrap();
    assert_eq!(world.distribution(NAME), [(3.0, 1), (6.0, 1)]);
    world.commit_usage(2, vec![row("inc-2", "triage", 2 * million)]);
    world.pass(60_000);
    alone(&world).unwrap();
    assert_eq!(world.distribution(NAME), [(6.0, 1), (9.0, 1)]);
    world.assert_ledger_exact();
}

#[test]
fn one_process_tells_it_every_five_minutes() {
    let world = World::new(41);
    let handler = Handler::new(config(), world.clone(), world.clone());
    let mut notified = Vec::new();
    for minute in 0..10 {
        world.commit_usage(0, vec![row(&format!("inc-{minute}"), "triage", 1_000_000)]);
        world.pass(60_000 - world.now_ms() % 60_000);
        let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
        let running = handler.handle(TICK, deadline);
        let mut running = std::pin::pin!(running);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        while running.as_mut().poll(&mut context).is_pending() {
            world.pass(1);
        }
        notified.push(
            world
                .distribution(NAME)
                .iter()
                .map(|(_, count)| count)
                .sum::<u64>(),
        );
    }
    notified.dedup();
    assert!((2..=3).contains(&notified.len()), "{notified:?}");
}

#[test]
fn the_cost_since_midnight_begins_anew_each_day() {
    let world = World::new(43);
    let million = 1_000_000;
    world.commit_usage(0, vec![row("inc-1", "triage", million)]);
    world.commit_usage(1, vec![row("inc-2", "writer", 2 * million)]);
    world.pass(60_000);
    alone(&world).unwrap();
    let own = |name: &str| world.own(name);
    assert_eq!(own(cost_today::NAME), Some(9.0));
    assert_eq!(own("CostToday triage"), Some(3.0));
    assert_eq!(own("CostToday writer"), Some(6.0));
    // Used in the day's last minutes, and published with the next day's first tick.
    world.commit_usage(0, vec![row("inc-1", "triage", 10 * million)]);
    let day = 24 * 60 * 60_000;
    world.pass(day - world.now_ms() % day + 60_000);
    alone(&world).unwrap();
    let received = world.received(cost_today::NAME);
    let midnight = world.now_ms() / day * 24 * 60;
    assert!((received[&(midnight - 1)].max - 39.0).abs() < 1e-9);
    assert!(
        received.range(midnight..).next().is_none(),
        "nothing was used on the new day"
    );
}

#[test]
fn the_digest_has_the_day_so_far_and_the_day_before() {
    let world = World::new(44);
    let stored = |world: &World| {
        let (name, part) = USAGE_DIGEST_KEY;
        let bytes = world.blob(&BlobKey::new(name, part)).unwrap();
        UsageDigest::decode(&bytes).unwrap()
    };
    world.commit_usage(0, vec![row("inc-1", "triage", 1_000_000)]);
    world.pass(60_000);
    alone(&world).unwrap();
    let first = stored(&world);
    assert_eq!((first.today.incidents, first.yesterday), (1, None));
    let day = 24 * 60 * 60_000;
    world.pass(day - world.now_ms() % day + 60_000);
    let mut next = row("inc-2", "writer", 2_000_000);
    next.key.date = jiff::civil::date(2023, 11, 15);
    world.commit_usage(0, vec![next]);
    world.pass(300_000);
    alone(&world).unwrap();
    let second = stored(&world);
    assert_eq!(second.today.agents[0].name, "writer");
    assert_eq!(second.yesterday, Some(first.today));
}

#[test]
fn without_an_incident_nothing_is_said() {
    let world = World::new(42);
    world.commit_some();
    world.pass(60_000);
    for ended in interleave(&world, vec![super::tick(&world)], 0) {
        ended.unwrap();
    }
    assert!(world.distribution(NAME).is_empty());
}
