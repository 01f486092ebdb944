//! What is out of order in a history.

use super::{Maker, REGIONS};
use crate::{
    dice::Dice,
    history::{
        CHANNEL, Carrier, Change, EMAIL, Forged, HOUR, MINUTE, Manner, Ms, Outage, PAGER, SECOND,
        STALE, START, Severity, Silence, Sink, State, Target, WEBHOOK,
    },
};

impl Maker {
    pub(super) fn any_sink(&mut self) -> &'static Sink {
        let sinks: Vec<_> = self.history.critical.clone();
        self.dice.of(&sinks)
    }

    pub(super) fn sink_outage(&mut self, longest: Ms) {
        let sink = self.any_sink();
        let manner = self.dice.of(&[
            Manner::Limits(None),
            Manner::Limits(Some(7)),
            Manner::Limits(Some(3_000)),
            Manner::Breaks,
            Manner::Closes,
            Manner::Hangs,
            Manner::LosesAnswers,
        ]);
        let from = START + self.dice.between(0, 20 * MINUTE);
        let longest = self.dice.of(&[20 * SECOND, 3 * MINUTE, longest]);
        let to = from + self.dice.between(SECOND, longest);
        let percent = self.dice.of(&[30, 60, 100, 100]);
        self.outage(Target::Sink(sink.id), (from, to), manner, percent);
    }

    pub(super) fn outage(
        &mut self,
        target: Target,
        (from, to): (Ms, Ms),
        manner: Manner,
        percent: usize,
    ) {
        self.history.outages.push(Outage {
            target,
            from,
            to,
            manner,
            percent,
        });
    }

    pub(super) fn table_outage(&mut self) {
        let from = START + self.dice.between(0, 15 * MINUTE);
        let to = from + self.dice.between(SECOND, 10 * MINUTE);
        let manner = self.dice.of(&[
            Manner::Closes,
            Manner::Slow,
            Manner::ReadOnly,
            Manner::LosesAnswers,
        ]);
        let percent = self.dice.of(&[10, 50, 100]);
        self.outage(Target::Table, (from, to), manner, percent);
        if self.dice.percent(15) {
            self.outage(Target::Parameters, (from, to), Manner::Closes, 50);
        }
    }

    /// CloudWatch does not say, or says late, what alarms it has. With chances of its own: what else happens in a history
    /// does not depend on it.
    pub(super) fn alarms_fail(&mut self) {
        let mut dice = Dice(self.history.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        if self.history.wave.is_some() || !dice.percent(40) {
            return;
        }
        self.history.stale = dice.of(&[0, 30, 100]);
        if dice.percent(50) {
            return;
        }
        let from = START + dice.between(0, 10 * MINUTE);
        let longest = dice.of(&[MINUTE, 5 * MINUTE, 40 * MINUTE, 40 * MINUTE]);
        let to = from + dice.between(SECOND, longest);
        let manner = dice.of(&[Manner::Closes, Manner::Limits(None), Manner::Slow]);
        let percent = dice.of(&[30, 60, 100]);
        self.outage(Target::Alarms, (from, to), manner, percent);
    }

    /// A publisher forges OKs of alarms that are in ALARM, some of a time to come.
    pub(super) fn forge(&mut self) {
        let mut dice = Dice(self.history.seed.wrapping_mul(0xd6e8_feb8_6659_fd93));
        if self.history.wave.is_some() || !dice.percent(40) {
            return;
        }
        for (number, alarm) in self.history.alarms.iter().enumerate() {
            // The alarms of other regions cannot be read: their OKs are believed.
            if alarm.region != REGIONS[0] {
                continue;
            }
            for (place, change) in alarm.changes.iter().enumerate() {
                if change.state != State::Alarm || !dice.percent(50) {
                    continue;
                }
                let until = alarm.changes.get(place + 1);
                // What has no data after an OK is not distinguished from what never was OK (docs/delivery.md).
                if until.is_some_and(|next| next.state == State::Unknown) {
                    continue;
                }
                let until = until.map_or(change.at + 5 * MINUTE, |next| next.at);
                // An answer of some seconds ago may be of before the ALARM.
                let from = change.at + STALE;
                let (at, of) = if dice.percent(30) {
                    // Just before the ALARM, to end it.
                    let at = (change.at - dice.between(0, 20 * SECOND)).max(START);
                    (at, at + dice.between(20 * SECOND, MINUTE))
                } else if from < until {
                    let at = dice.between(from, until);
                    let ahead = dice.of(&[0, 0, 1, 30, 59]) * SECOND;
                    let of = dice.between(change.at, at + 1);
                    (at, if ahead > 0 { at + ahead } else { of })
                } else {
                    continue;
                };
                let rest = alarm.changes.iter().skip(place);
                let ok = rest.clone().position(|next| next.state == State::Ok);
                self.history.forged.push(Forged {
                    at,
                    alarm: number,
                    of,
                    change: place + ok.unwrap_or_default(),
                    carrier: dice.of(&[
                        Carrier::Topic(Severity::Critical),
                        Carrier::Topic(Severity::Warning),
                        Carrier::Topic(Severity::Info),
                    ]),
                });
            }
        }
    }

    pub(super) fn crashes(&mut self) {
        let from = START;
        let to = from + self.dice.between(MINUTE, 30 * MINUTE);
        let percent = self.dice.of(&[10, 40]);
        self.outage(Target::Sandboxes, (from, to), Manner::Closes, percent);
    }

    pub(super) fn silence(&mut self) {
        let alarm = self.dice.below(self.history.alarms.len());
        let first = self.history.alarms[alarm].changes[0].at;
        let in_file = self.dice.percent(30);
        let from = if in_file {
            START
        } else {
            first - self.dice.between(-2 * MINUTE, 5 * MINUTE)
        };
        let until = first.max(from) + self.dice.between(MINUTE, 40 * MINUTE);
        let removed = (!in_file && self.dice.percent(30))
            .then(|| from.max(first) + self.dice.between(1, 20 * MINUTE));
        self.history.silences.push(Silence {
            alarm,
            from,
            until,
            removed,
            in_file,
        });
    }

    /// Of the sinks all but one hang.
    pub(super) fn two_hang(&mut self) {
        let mut sinks: Vec<&'static Sink> = vec![&PAGER, &CHANNEL, &WEBHOOK, &EMAIL];
        for place in 0..sinks.len() {
            let other = self.dice.below(sinks.len());
            sinks.swap(place, other);
        }
        self.history.critical.clone_from(&sinks);
        let well = self.dice.below(sinks.len());
        let to = START + self.dice.between(10 * MINUTE, HOUR);
        for (place, sink) in sinks.iter().enumerate() {
            if place != well {
                self.outage(Target::Sink(sink.id), (START, to), Manner::Hangs, 100);
            }
        }
    }

    /// A sink is away for longer than the failure queue tries.
    pub(super) fn half_a_day(&mut self) {
        self.changes(1, 1, false);
        let all: [&'static Sink; 4] = [&WEBHOOK, &CHANNEL, &PAGER, &EMAIL];
        self.history.critical = all.to_vec();
        let sink = self.any_sink();
        let manner = self.dice.of(&[Manner::Breaks, Manner::Hangs]);
        let to = START + 14 * HOUR;
        self.outage(Target::Sink(sink.id), (START, to), manner, 100);
    }

    /// Alarms that two sinks do not take at first, so that they come back from the failure queue as whole batches: while
    /// the table is slow, or when everything is well, with OKs that CloudWatch could not confirm until then.
    pub(super) fn backlog(&mut self) {
        self.history.critical = vec![&WEBHOOK, &CHANNEL, &PAGER, &EMAIL];
        for _ in 0..self.dice.between(6, 14) {
            let at = START + self.dice.between(0, MINUTE);
            let over = at + self.dice.between(20 * SECOND, 3 * MINUTE);
            let changes = [(at, State::Alarm), (over, State::Ok)];
            let changes = changes.map(|(at, state)| Change { at, state });
            self.alarm(changes.to_vec(), false);
        }
        // By then Lambda has given up both changes of every alarm.
        self.history.queue_from = START + 12 * MINUTE;
        let is_well = self.dice.percent(50);
        let to = if is_well {
            self.history.queue_from
        } else {
            START + self.dice.between(15 * MINUTE, 40 * MINUTE)
        };
        for sink in [&CHANNEL, &PAGER] {
            let manner = self.dice.of(&[Manner::Hangs, Manner::Breaks]);
            self.outage(Target::Sink(sink.id), (START, to), manner, 100);
        }
        if is_well {
            self.outage(Target::Alarms, (START, to), Manner::Closes, 100);
        } else {
            let from = START + self.dice.between(0, 5 * MINUTE);
            let percent = self.dice.of(&[30, 60, 100]);
            self.outage(Target::Table, (from, to), Manner::Slow, percent);
        }
    }
}
