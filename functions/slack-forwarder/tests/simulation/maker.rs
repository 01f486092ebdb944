//! Makes histories: what a seed's alarms do, how that travels, and what is out of order meanwhile.

mod bursts;
mod trouble;

use crate::{
    dice::Dice,
    history::{
        Alarm, Arrival, CHANNEL, Carrier, Change, EMAIL, History, MINUTE, Ms, Notice, OTHER, PAGER,
        PATIENCE, SECOND, START, Severity, State, WEBHOOK, disturbances,
    },
};

/// Kinds of histories; a seed's is its remainder.
const FLAVOURS: u64 = 12;
/// One seed of so many is a storm, the first of them one of ten thousand alarms.
const STORM_OF: u64 = 2_000;
/// One seed of so many fills the failure queue while the table is slow.
const BACKLOG_OF: u64 = 50;

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

struct Maker {
    dice: Dice,
    /// Of a hundred copies, so many are late.
    late: usize,
    history: History,
}

/// The history of a seed.
pub(crate) fn make(seed: u64) -> History {
    let mut maker = Maker {
        dice: Dice(seed.wrapping_mul(0x1234_5678_9abc_def1)),
        late: 10,
        history: History {
            seed,
            critical: Vec::new(),
            warning: Vec::new(),
            group: None,
            storm: 20,
            alarms: Vec::new(),
            arrivals: Vec::new(),
            outages: Vec::new(),
            silences: Vec::new(),
            notices: Vec::new(),
            forged: Vec::new(),
            stale: 0,
            twice: 0,
            queue_from: START,
            ticks_twice: 0,
            writes_a_second: None,
            queries_a_second: None,
            concurrency: None,
            wave: None,
            tick: START,
            by_alarm: Vec::new(),
            end: START,
        },
    };
    maker.routes();
    match seed {
        _ if seed % STORM_OF == STORM_OF - 1 => maker.storm(),
        _ if seed % BACKLOG_OF == BACKLOG_OF - 1 => maker.backlog(),
        _ => maker.flavour(seed),
    }
    if maker.history.wave.is_none() && maker.dice.percent(15) {
        maker.notice();
    }
    maker.alarms_fail();
    maker.forge();
    maker.finish()
}

impl Maker {
    fn routes(&mut self) {
        let all = [&WEBHOOK, &CHANNEL, &PAGER, &EMAIL];
        let chosen: Vec<_> = all.into_iter().filter(|_| self.dice.percent(50)).collect();
        self.history.critical = if chosen.is_empty() {
            vec![self.dice.of(&all)]
        } else {
            chosen
        };
        let alike = self.dice.percent(60);
        self.history.warning = if alike {
            self.history.critical.clone()
        } else {
            vec![&OTHER]
        };
    }

    fn flavour(&mut self, seed: u64) {
        match seed % FLAVOURS {
            0 => {
                self.late = self.dice.of(&[10, 50]);
                self.changes(1, 3, true);
            }
            1 => {
                self.changes(1, 3, true);
                self.sink_outage(45 * MINUTE);
            }
            2 => {
                self.changes(1, 2, true);
                self.table_outage();
            }
            3 => {
                self.changes(1, 2, true);
                self.crashes();
            }
            4 => {
                self.group();
                self.changes(2, 6, false);
                if self.dice.percent(60) {
                    self.sink_outage(10 * MINUTE);
                }
            }
            5 => {
                self.history.storm = u32::try_from(self.dice.between(2, 6)).unwrap();
                if self.dice.percent(40) {
                    self.group();
                }
                self.burst();
            }
            6 => {
                self.changes(1, 2, false);
                self.silence();
            }
            7 => self.flaps(),
            8 => {
                self.changes(1, 2, false);
                self.two_hang();
            }
            9 => {
                self.changes(1, 3, true);
                self.sink_outage(30 * MINUTE);
                self.sink_outage(30 * MINUTE);
                self.history.twice = 40;
                if self.dice.percent(50) {
                    self.crashes();
                }
            }
            10 if seed.is_multiple_of(5) => self.half_a_day(),
            10 => {
                self.changes(2, 4, true);
                self.sink_outage(20 * MINUTE);
            }
            _ => {
                if self.dice.percent(30) {
                    self.group();
                }
                self.changes(1, 4, true);
                for _ in 0..self.dice.below(3) {
                    self.sink_outage(30 * MINUTE);
                }
                if self.dice.percent(30) {
                    self.table_outage();
                }
                if self.dice.percent(30) {
                    self.crashes();
                }
                if self.dice.percent(30) {
                    self.silence();
                }
                self.history.twice = 20;
            }
        }
    }

    /// Alarms from `least` to `most`, each with some changes.
    fn changes(&mut self, least: i64, most: i64, by_many_ways: bool) {
        for _ in 0..self.dice.between(least, most + 1) {
            let mut at = START + self.dice.between(0, 5 * MINUTE);
            let mut state = State::Ok;
            let mut changes = Vec::new();
            for _ in 0..self.dice.between(1, 7) {
                state = match state {
                    State::Ok if self.dice.percent(92) => State::Alarm,
                    State::Alarm if self.dice.percent(90) => State::Ok,
                    State::Unknown => self.dice.of(&[State::Ok, State::Alarm]),
                    State::Ok | State::Alarm => State::Unknown,
                };
                changes.push(Change { at, state });
                at += self.gap();
            }
            self.alarm(changes, by_many_ways);
        }
    }

    fn gap(&mut self) -> Ms {
        let (least, most) = self.dice.of(&[
            (2 * SECOND, 5 * SECOND),
            (10 * SECOND, 50 * SECOND),
            (MINUTE, 5 * MINUTE),
            (MINUTE, 5 * MINUTE),
            (5 * MINUTE, 20 * MINUTE),
        ]);
        self.dice.between(least, most)
    }

    /// One alarm, and what it is wired to.
    fn alarm(&mut self, changes: Vec<Change>, by_many_ways: bool) {
        let index = self.history.alarms.len();
        let severity = if self.dice.percent(70) {
            Severity::Critical
        } else {
            Severity::Warning
        };
        let mut on_alarm = vec![Carrier::Topic(severity)];
        let mut on_ok = vec![Carrier::Topic(severity)];
        if by_many_ways {
            if self.dice.percent(25) {
                on_ok = vec![Carrier::Topic(Severity::Info)];
            } else if self.dice.percent(10) {
                on_ok = vec![Carrier::EventBridge];
            }
            for (carrier, percent) in [(Carrier::EventBridge, 25), (Carrier::Action, 15)] {
                if self.dice.percent(percent) {
                    on_alarm.push(carrier);
                    on_ok.push(carrier);
                }
            }
            if self.dice.percent(10) {
                on_alarm.push(Carrier::Topic(Severity::Warning));
            }
            // SNS delivers at least once.
            if self.dice.percent(20) {
                on_alarm.push(on_alarm[0]);
                on_ok.push(on_ok[0]);
            }
        }
        for (number, change) in changes.iter().enumerate() {
            let carriers = if change.state == State::Alarm {
                &on_alarm
            } else {
                &on_ok
            };
            for carrier in carriers.clone() {
                let at = change.at + self.delay(by_many_ways);
                self.history.arrivals.push(Arrival {
                    at,
                    alarm: index,
                    change: number,
                    carrier,
                });
            }
        }
        let region = REGIONS[index % REGIONS.len()];
        self.history.alarms.push(Alarm { changes, region });
    }

    fn delay(&mut self, may_reorder: bool) -> Ms {
        if may_reorder && self.dice.percent(self.late) {
            self.dice.between(SECOND, 90 * SECOND)
        } else if may_reorder && self.dice.percent(3) {
            self.dice.between(MINUTE, 8 * MINUTE)
        } else {
            self.dice.between(50, 600)
        }
    }

    fn group(&mut self) {
        self.history.group = Some(self.dice.of(&[5, 30, 60]) * MINUTE);
    }

    fn notice(&mut self) {
        let fires = START + self.dice.between(0, 10 * MINUTE);
        self.history.notices.push(Notice {
            fires,
            resolved: fires + self.dice.between(20 * SECOND, 10 * MINUTE),
            severity: Severity::Critical,
        });
    }

    fn finish(mut self) -> History {
        self.history.arrivals.sort_by_key(|arrival| arrival.at);
        self.history.by_alarm = vec![Vec::new(); self.history.alarms.len()];
        for arrival in &self.history.arrivals {
            self.history.by_alarm[arrival.alarm].push(*arrival);
        }
        // EventBridge's schedule keeps to a second of the minute that nobody chooses.
        self.history.tick = START + self.dice.between(0, MINUTE);
        let disturbed = disturbances(&self.history);
        let last = disturbed.into_iter().max().unwrap_or(START);
        let window = self.history.group.unwrap_or_default();
        let end = last + PATIENCE + window + 5 * MINUTE;
        self.history.end = self.history.end.max(end);
        self.history
    }
}
