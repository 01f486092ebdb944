//! What is put on the stream, and how often things go wrong meanwhile.

use crate::{
    chance::Dice,
    events::{Kind, Sent, Traffic, Wrap},
    kernel::MINUTE,
    world::{Weather, World},
};

pub(super) fn rough(dice: &mut Dice) -> Weather {
    let mut rate = |often: usize, seldom: usize| often + dice.below(seldom - often);
    Weather {
        killed: rate(40, 200),
        throttled: rate(20, 200),
        lost_answer: rate(40, 300),
        on_its_way: rate(30, 200),
        stalled: rate(100, 2_000),
        put_refused: rate(2, 20),
        put_lost: rate(2, 20),
        samples_refused: rate(4, 30),
        samples_lost: rate(5, 30),
        redelivered: 30,
        recut: 3,
        tick_missed: rate(3, 20),
        tick_twice: rate(3, 10),
        taken_away: rate(5, 40),
        strange_rules: true,
    }
}

/// Of most seeds little at once; of some, batches as large as they get.
pub(super) fn traffic(seed: u64) -> Traffic {
    let little = Traffic {
        agents: 3,
        has_poison: true,
        long_broken: 0,
        bursts: 0,
    };
    match seed % 4 {
        1 => Traffic {
            long_broken: 200,
            ..little
        },
        2 => Traffic {
            agents: 150,
            has_poison: false,
            bursts: 50,
            ..little
        },
        _ => little,
    }
}

/// Puts a record every now and then, until a moment; of some traffic, thousands at once.
pub(super) async fn produce(world: World, traffic: Traffic, gap: i64, end: i64) {
    let mut sent: Vec<Sent> = Vec::new();
    while world.now() < end {
        world.pause_between(0, 2 * gap).await;
        let now = world.now();
        let state = &mut *world.state();
        while sent.len() < state.stream.shards.len() {
            sent.push(Sent::of(sent.len()));
        }
        let to = state.stream.any_open(&mut state.dice);
        let burst = state.dice.once_in(traffic.bursts) && gap < MINUTE;
        let is_broken = !state.dice.once_in(3);
        let count = match (burst, is_broken) {
            (false, _) => 1,
            (true, true) => 200 + state.dice.below(600),
            (true, false) => 300 + state.dice.below(1_200),
        };
        for _ in 0..count {
            let wrap = if burst {
                Wrap::Plain
            } else {
                Wrap::any(&mut state.dice)
            };
            let (sent, dice) = (&mut sent[to], &mut state.dice);
            let kinds = if burst {
                vec![Kind::of_burst(is_broken, traffic, sent, now, dice)]
            } else {
                wrap.fill(traffic, sent, now, dice)
            };
            let payload = wrap.payload(&kinds, now);
            let what = (wrap, kinds, now);
            state
                .stream
                .put(to, what, "agent", payload, now, &mut state.dice);
        }
    }
}
