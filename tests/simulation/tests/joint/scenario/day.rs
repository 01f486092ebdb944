//! The parts of a run.

use super::{
    Scale,
    traffic::{produce, rough},
};
use crate::{
    chance::Dice,
    events::Traffic,
    faults::Fault,
    kernel::{DAY, HOUR, MILLISECOND, MINUTE, Runner, SECOND},
    lambda::{Fleet, WINDOW},
    schedule::Schedule,
    stream::{Entry, Patience},
    world::{State, Weather, World},
};

pub(super) struct Day {
    pub(super) world: World,
    pub(super) fleet: Fleet,
    pub(super) schedule: Schedule,
    pub(super) traffic: Traffic,
    pub(super) scale: Scale,
}

impl Day {
    pub(super) fn begin(&self) {
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
    pub(super) fn rough_hours(&self, runner: &mut Runner, dice: &mut Dice) {
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
    pub(super) fn quiet_days(&self, runner: &mut Runner) {
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
    pub(super) fn calm_down(&self, runner: &mut Runner) {
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

    /// No heartbeat any more, and time for the last one to be published.
    pub(super) fn end(&self, runner: &mut Runner) {
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
    /// The pollers forget where they were, and begin with the oldest record that the stream still has; what runs goes
    /// on.
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

async fn expire(world: World) {
    loop {
        world.pause(HOUR).await;
        let now = world.now();
        let state = &mut *world.state();
        state.tables.expire(now, &mut state.dice, &mut state.faults);
    }
}
