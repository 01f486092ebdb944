//! A run: traffic in all weathers, days in which little happens and items die of age, and calm in which everything must be told.

use std::fmt;

use crate::{
    chance::Dice,
    events::{Kind, Sent, Traffic, Wrap},
    faults::{Fault, Faults},
    kernel::{DAY, HOUR, MILLISECOND, MINUTE, Runner, SECOND},
    lambda::{Fleet, WINDOW},
    oracle, rules,
    schedule::{SMALL_TICK, Schedule, TICK},
    stream::{Entry, Patience},
    world::{State, Weather, World},
};

/// How long a run is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// How long it is rough, in microseconds.
    rough: i64,
    /// Between two records, in microseconds.
    gap: i64,
}

impl Scale {
    pub(crate) const SMALL: Self = Self {
        rough: 12 * MINUTE,
        gap: 2 * SECOND,
    };
    pub(crate) const LARGE: Self = Self {
        rough: 8 * HOUR,
        gap: 5 * SECOND,
    };
}

/// What a run saw, to know that it saw something.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) batches: u64,
    pub(crate) records: usize,
    pub(crate) slices: usize,
    pub(crate) large_slices: u64,
    pub(crate) ticks: u64,
    pub(crate) requests: u64,
    /// Slices sent to CloudWatch that may have been sent before.
    pub(crate) ambiguous: u64,
    /// By whoever commits.
    pub(crate) slices_read: u64,
    pub(crate) puts_refused: u64,
    pub(crate) faults: Faults,
}

impl Seen {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.batches += other.batches;
        self.records += other.records;
        self.slices += other.slices;
        self.large_slices += other.large_slices;
        self.ticks += other.ticks;
        self.requests += other.requests;
        self.ambiguous += other.ambiguous;
        self.slices_read += other.slices_read;
        self.puts_refused += other.puts_refused;
        self.faults.merge(&other.faults);
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            batches,
            records,
            slices,
            large_slices,
            ticks,
            requests,
            faults,
            ..
        } = self;
        let faults = faults.all();
        write!(
            f,
            "{batches} batches of {records} records, {slices} slices ({large_slices} large), {ticks} ticks, {requests} requests, {faults} faults"
        )
    }
}

/// An evening of November 2023, so that a day ends in the middle of it.
const START: i64 = 1_700_174_000 * SECOND;

fn rough(dice: &mut Dice) -> Weather {
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
fn traffic(seed: u64) -> Traffic {
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

/// One run, from its first record to the comparison.
pub(crate) fn run(seed: u64, scale: Scale) -> Seen {
    let mut dice = Dice(seed ^ 0xbeef);
    let world = World::new(seed, START);
    world.state().stream.first_number = 10_u128.pow(20) - 200;
    // Of every other seed, slices of a few events that begin and end inside records.
    let core = if seed.is_multiple_of(2) {
        rules::core()
    } else {
        rules::core().with_largest_blob(500)
    };
    let day = Day {
        fleet: Fleet::new(world.clone(), core, 1),
        schedule: Schedule::new(world.clone(), TICK),
        world: world.clone(),
        traffic: traffic(seed),
        scale,
    };
    let mut runner = Runner::new(world.kernel.clone());
    day.begin();
    day.rough_hours(&mut runner, &mut dice);
    day.calm_down(&mut runner);
    day.quiet_days(&mut runner);
    day.rough_hours(&mut runner, &mut dice);
    day.calm_down(&mut runner);
    day.end(&mut runner);
    finish(&world, seed)
}

/// Compares, and says what was seen.
fn finish(world: &World, seed: u64) -> Seen {
    let state = &mut *world.state();
    oracle::check(state);
    let chains = state.tables.history.iter();
    let of_shards = chains.filter(|(chain, _)| chain.contains("shardId"));
    let summary = Seen {
        batches: state.batches,
        records: state
            .stream
            .shards
            .iter()
            .map(|shard| shard.log.len())
            .sum(),
        slices: of_shards.map(|(_, slices)| slices.len()).sum(),
        large_slices: state.large_slices,
        ticks: state.ticks,
        requests: state.cloudwatch.requests,
        ambiguous: state.tables.cursors.values().map(|it| it.ambiguous).sum(),
        slices_read: state.slices_read,
        puts_refused: state.puts_refused,
        faults: state.faults.clone(),
    };
    let violations = state.violations.join("\n");
    assert!(
        violations.is_empty(),
        "seed {seed}, {summary}:\n{violations}\n{}",
        summary.faults
    );
    summary
}

/// Half an hour in which nothing goes wrong, and so many sandboxes take turns at three shards; but the publisher does not tick for ten
/// minutes.
pub(crate) fn calm(seed: u64, sandboxes: usize, publishers: usize) -> Seen {
    calm_with_lost_responses(seed, sandboxes, publishers, 0)
}

/// The same, in which the response to one request in `put_lost` to CloudWatch is lost; 0 loses none.
pub(crate) fn calm_with_lost_responses(
    seed: u64,
    sandboxes: usize,
    publishers: usize,
    put_lost: usize,
) -> Seen {
    let world = World::new(seed, START);
    let scale = Scale {
        rough: 30 * MINUTE,
        ..Scale::SMALL
    };
    let day = Day {
        fleet: Fleet::new(world.clone(), rules::core(), sandboxes),
        schedule: Schedule::new(world.clone(), SMALL_TICK),
        world: world.clone(),
        traffic: Traffic {
            has_poison: false,
            ..traffic(0)
        },
        scale,
    };
    let mut runner = Runner::new(world.kernel.clone());
    day.begin();
    let end = world.now() + scale.rough;
    let produced = produce(world.clone(), day.traffic, scale.gap, end);
    world.kernel.spawn(produced);
    world.state().weather.tick_twice = publishers - 1;
    world.state().weather.put_lost = put_lost;
    runner.run_until(end - 20 * MINUTE);
    world.state().weather.tick_missed = 1;
    runner.run_until(end - 10 * MINUTE);
    world.state().weather.tick_missed = 0;
    world.state().weather.put_lost = 0;
    runner.run_until(end);
    day.end(&mut runner);
    world.state().is_calm = true;
    finish(&world, seed)
}

struct Day {
    world: World,
    fleet: Fleet,
    schedule: Schedule,
    traffic: Traffic,
    scale: Scale,
}

impl Day {
    fn begin(&self) {
        for patience in [
            Patience::Endless,
            Patience::Attempts(2),
            Patience::Age(4 * MINUTE),
        ] {
            self.open(vec![], patience);
        }
        let kernel = &self.world.kernel;
        kernel.spawn(self.schedule.clone().run());
        kernel.spawn(expire(self.world.clone()));
    }

    fn open(&self, parents: Vec<usize>, patience: Patience) {
        let shard = self.world.state().stream.open(parents, patience);
        let fleet = self.fleet.clone();
        self.world.kernel.spawn(fleet.poll(shard));
    }

    /// Traffic in any weather, with what an operator does meanwhile.
    fn rough_hours(&self, runner: &mut Runner, dice: &mut Dice) {
        let world = &self.world;
        let (begin, long) = (world.now(), self.scale.rough);
        let produced = produce(world.clone(), self.traffic, self.scale.gap, begin + long);
        world.kernel.spawn(produced);
        for part in 1..=6 {
            world.state().weather = rough(dice);
            runner.run_until(begin + long * part / 6);
            match part {
                1 => self.split(),
                2 => self.merge(),
                3 => {
                    let now = world.now();
                    world.state().make_mapping_again(now);
                }
                _ => {
                    let now = world.now();
                    world.state().put_back(now);
                }
            }
        }
        world.state().weather = Weather::default();
    }

    fn split(&self) {
        let open = self.open_shards();
        self.world.state().faults.count(Fault::Split);
        self.open(vec![open[0]], Patience::Endless);
        self.open(vec![open[0]], Patience::Attempts(2));
    }

    fn merge(&self) {
        let open = self.open_shards();
        self.world.state().faults.count(Fault::Merged);
        self.open(vec![open[0], open[1]], Patience::Age(4 * MINUTE));
    }

    fn open_shards(&self) -> Vec<usize> {
        let state = self.world.state();
        let shards = state.stream.shards.iter().enumerate();
        let open = shards.filter(|(_, shard)| !shard.is_closed);
        open.map(|(number, _)| number).collect()
    }

    /// Seventeen days with a tick each two hours: items die of age.
    fn quiet_days(&self, runner: &mut Runner) {
        let world = &self.world;
        *self.schedule.every.lock().unwrap() = 2 * HOUR;
        world.state().window = 5 * MINUTE;
        let end = world.now() + 17 * DAY;
        let sparse = produce(world.clone(), self.traffic, 8 * HOUR, end);
        world.kernel.spawn(sparse);
        runner.run_until(end);
        *self.schedule.every.lock().unwrap() = MINUTE;
        world.state().window = WINDOW;
        runner.run_until(world.now() + HOUR);
        world.state().is_mended = false;
    }

    /// Nothing goes wrong any more: within a quarter of an hour every record is counted, or set apart and put back.
    fn calm_down(&self, runner: &mut Runner) {
        let world = &self.world;
        world.state().is_mended = true;
        for _ in 0..8 {
            runner.run_until(world.now() + 20 * MINUTE);
            self.check_ages();
            let now = world.now();
            if world.state().put_back(now) == 0 {
                return;
            }
        }
        let what = "what was put back waits again, for the eighth time";
        world.state().violate(what.into());
    }

    /// No heartbeat any more, and time for the last one to be told.
    fn end(&self, runner: &mut Runner) {
        self.world.state().is_ending = true;
        runner.run_until(self.world.now() + 10 * MINUTE);
    }

    /// Every shard's iterator age is back at 0, and every cursor at its chain's end.
    fn check_ages(&self) {
        let now = self.world.now();
        let state = &mut *self.world.state();
        let mut late = Vec::new();
        for (number, shard) in state.stream.shards.iter().enumerate() {
            // The newest records may be on their way: a heartbeat came within the minute.
            let age = shard.age(now);
            if age > MINUTE && state.stream.is_begun(number) {
                late.push(format!(
                    "{}: the oldest record has waited for {} s though nothing goes wrong",
                    shard.name,
                    age / SECOND
                ));
            }
        }
        for sink in ["cursor/ledger", "cursor/cloudwatch"] {
            let age = state.age_of_waiting(sink, now / MILLISECOND, now / MILLISECOND);
            if age > 5 * 60_000 {
                late.push(format!(
                    "{sink}: the oldest slice has waited for {} s though nothing goes wrong",
                    age / 1_000
                ));
            }
        }
        for what in late {
            state.violate(what);
        }
    }
}

impl State {
    /// The pollers forget where they were, and begin with the oldest record that the stream still has; what runs goes on.
    fn make_mapping_again(&mut self, now: i64) {
        self.faults.count(Fault::MappingMadeAgain);
        let oldest = (now - DAY) / MILLISECOND;
        for shard in &mut self.stream.shards {
            shard.mapping += 1;
            let is_gone = |entry: &Entry| entry.sent.arrived_at_ms < oldest;
            let begin = shard.log.partition_point(is_gone);
            shard.go_on_from(begin);
        }
    }
}

/// Puts a record every now and then, until a moment; of some traffic, thousands at once.
async fn produce(world: World, traffic: Traffic, gap: i64, end: i64) {
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

async fn expire(world: World) {
    loop {
        world.pause(HOUR).await;
        let now = world.now();
        let state = &mut *world.state();
        state.tables.expire(now, &mut state.dice, &mut state.faults);
    }
}
