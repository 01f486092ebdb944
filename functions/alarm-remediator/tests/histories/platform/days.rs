//! What is due in a history: trouble, people, the kill switch, forged messages.

use super::{Due, HOURS, Platform};
use crate::{
    dice::Dice,
    kinds::{Kind, OWNERS},
    world::START,
};

/// The healthy time of the playbooks.
const HEALTHY: i64 = 1_800;

const END: i64 = START + HOURS * 3_600;

impl Platform {
    /// Draws what happens.
    pub(super) fn draw(&mut self, dice: &mut Dice) {
        let (alarms, calm) = {
            let world = self.world.lock().unwrap();
            (world.alarms.len(), world.calm)
        };
        // A quiet, a usual and a stormy day.
        let troubles = if calm { 8 } else { dice.of(&[4, 14, 30]) };
        for _ in 0..troubles {
            let alarm = dice.below(alarms);
            self.trouble(alarm, dice);
        }
        if !calm && dice.percent(20) {
            let at = dice.between(START, END);
            for alarm in 0..alarms {
                self.at(at + dice.between(0, 240), Due::Flip(alarm));
            }
        }
        for _ in 0..dice.below(3) {
            let (alarm, at) = (dice.below(alarms), dice.between(START, END));
            self.at(at, Due::Mute(alarm));
            self.at(at + dice.between(600, 20_000), Due::Mute(alarm));
        }
        for _ in 0..dice.below(4) {
            let at = dice.between(START, END);
            self.at(at, Due::Turn);
            self.at(at + dice.between(60, 9_000), Due::Turn);
        }
        for _ in 0..dice.below(8) {
            let resource = dice.below(OWNERS.len());
            self.at(dice.between(START, END), Due::Act(resource));
        }
        for _ in 0..dice.below(10) {
            self.at(dice.between(START, END), Due::Forge);
        }
        let mut at = START;
        while at < END {
            at += dice.between(60, 2_400);
            self.at(at, Due::Decide);
        }
    }

    /// An alarm goes off, and is over after a time.
    fn trouble(&mut self, alarm: usize, dice: &mut Dice) {
        let (resource, kind, last) = {
            let world = self.world.lock().unwrap();
            let resource = world.alarms[alarm].resource;
            (resource, world.kind(resource), world.alarms.len() - 1)
        };
        let at = dice.between(START, END);
        // Messages wait for hours in a dead-letter queue, until its consumer is healthy.
        let lasts = match kind {
            Kind::Redrive => dice.of(&[900, 7_200, 20_000, 100_000]),
            _ => dice.of(&[120, 900, 2_400, 7_200]),
        };
        let until = at + lasts;
        self.at(at, Due::Flip(alarm));
        self.at(until, Due::Flip(alarm));
        if kind == Kind::Redrive {
            let later = dice.of(&[300, 2_400, 9_000, 40_000]);
            self.at(at + later, Due::Cause(resource));
        }
        if kind == Kind::Alias && dice.percent(70) {
            self.at(at - dice.between(60, 2_400), Due::Deploy(resource));
        }
        // The other alarm on the same resource, and a person who reacts at once.
        if alarm == 0 && dice.percent(50) {
            self.at(at + dice.between(0, 2), Due::Flip(last));
            self.at(until, Due::Flip(last));
        }
        if dice.percent(20) {
            self.at(at + dice.between(1, 40), Due::Act(resource));
        }
        // A person who acts when the value is put back.
        if dice.percent(15) {
            self.at(until + HEALTHY + dice.between(0, 60), Due::Act(resource));
        }
        if dice.percent(15) {
            self.at(at + dice.between(5, 600), Due::Forge);
        }
    }
}
