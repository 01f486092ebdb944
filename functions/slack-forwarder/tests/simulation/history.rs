//! What happens in a history: alarms, their changes, how those travel, and what is out of order meanwhile.

use crate::dice::Dice;

/// Milliseconds since 1970.
pub(crate) type Ms = i64;

pub(crate) const SECOND: Ms = 1_000;
pub(crate) const MINUTE: Ms = 60 * SECOND;
pub(crate) const HOUR: Ms = 60 * MINUTE;
/// 2026-11-20T06:00:00Z.
pub(crate) const START: Ms = 1_795_154_400_000;

/// What a sink can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Webhook,
    Channel,
    Pager,
    Email,
}

/// A sink that routes may name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sink {
    pub(crate) id: &'static str,
    pub(crate) yaml: &'static str,
    pub(crate) kind: Kind,
}

pub(crate) static WEBHOOK: Sink = Sink {
    id: "webhook a",
    yaml: "{ webhook: a }",
    kind: Kind::Webhook,
};
pub(crate) static CHANNEL: Sink = Sink {
    id: "slack C1",
    yaml: "{ slack: C1 }",
    kind: Kind::Channel,
};
pub(crate) static PAGER: Sink = Sink {
    id: "pagerduty p",
    yaml: "{ pagerduty: p }",
    kind: Kind::Pager,
};
pub(crate) static EMAIL: Sink = Sink {
    id: "email critical",
    yaml: "{ email: critical }",
    kind: Kind::Email,
};
pub(crate) static OTHER: Sink = Sink {
    id: "webhook b",
    yaml: "{ webhook: b }",
    kind: Kind::Webhook,
};

/// Where an info message goes that no route takes and that cannot be kept for the digest.
pub(crate) static INFO: Sink = Sink {
    id: "webhook info",
    yaml: "{ webhook: info }",
    kind: Kind::Webhook,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Ok,
    Unknown,
    Alarm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Critical,
    Warning,
    Info,
}

/// How a change travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Topic(Severity),
    EventBridge,
    Action,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) at: Ms,
    pub(crate) state: State,
}

#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    pub(crate) changes: Vec<Change>,
    /// Its Region, by which routes group.
    pub(crate) region: &'static str,
}

/// A copy of a change on its way to Lambda.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) at: Ms,
    pub(crate) alarm: usize,
    pub(crate) change: usize,
    pub(crate) carrier: Carrier,
}

/// What is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Sink(&'static str),
    Table,
    Parameters,
    /// Invocations are killed at any moment.
    Sandboxes,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 429, with or without the seconds to wait.
    Limits(Option<u64>),
    /// 5xx, `internal_error`.
    Breaks,
    /// No connection.
    Closes,
    /// Takes the connection and never answers.
    Hangs,
    /// Takes the request, and its answer is lost.
    LosesAnswers,
    /// The table answers after two seconds, which is too late.
    Slow,
    /// The table refuses to write.
    ReadOnly,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    pub(crate) target: Target,
    pub(crate) from: Ms,
    pub(crate) to: Ms,
    pub(crate) manner: Manner,
    /// Of a hundred calls, so many meet it.
    pub(crate) percent: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Silence {
    pub(crate) alarm: usize,
    pub(crate) from: Ms,
    pub(crate) until: Ms,
    /// An operator removes it before its end.
    pub(crate) removed: Option<Ms>,
    /// In the route file, from the start; else in the table.
    pub(crate) in_file: bool,
}

impl Silence {
    pub(crate) fn end(&self) -> Ms {
        self.removed.unwrap_or(self.until).min(self.until)
    }
}

/// Something that Alertmanager says, and later that it is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notice {
    pub(crate) fires: Ms,
    pub(crate) resolved: Ms,
    pub(crate) severity: Severity,
}

#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) seed: u64,
    pub(crate) critical: Vec<&'static Sink>,
    pub(crate) warning: Vec<&'static Sink>,
    /// The length of a route's windows, where it groups.
    pub(crate) group: Option<Ms>,
    pub(crate) storm: u32,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) outages: Vec<Outage>,
    pub(crate) silences: Vec<Silence>,
    pub(crate) notices: Vec<Notice>,
    /// Of a hundred parcels, so many are handed out twice.
    pub(crate) twice: usize,
    pub(crate) end: Ms,
}

/// Kinds of histories; a seed's is its remainder.
pub(crate) const FLAVOURS: u64 = 12;

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

/// How long after the last disturbance a history goes on: the failure queue's ten minutes twice over, with what may be in the way.
pub(crate) const PATIENCE: Ms = 25 * MINUTE;

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
            twice: 0,
            end: START,
        },
    };
    maker.routes();
    maker.flavour(seed);
    if maker.dice.percent(15) {
        maker.notice();
    }
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

    fn notice(&mut self) {
        let fires = START + self.dice.between(0, 10 * MINUTE);
        self.history.notices.push(Notice {
            fires,
            resolved: fires + self.dice.between(20 * SECOND, 10 * MINUTE),
            severity: Severity::Critical,
        });
    }

    fn group(&mut self) {
        self.history.group = Some(self.dice.of(&[5, 30, 60]) * MINUTE);
    }

    fn any_sink(&mut self) -> &'static Sink {
        let sinks: Vec<_> = self.history.critical.clone();
        self.dice.of(&sinks)
    }

    fn sink_outage(&mut self, longest: Ms) {
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

    fn outage(&mut self, target: Target, (from, to): (Ms, Ms), manner: Manner, percent: usize) {
        self.history.outages.push(Outage {
            target,
            from,
            to,
            manner,
            percent,
        });
    }

    fn table_outage(&mut self) {
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

    fn crashes(&mut self) {
        let from = START;
        let to = from + self.dice.between(MINUTE, 30 * MINUTE);
        let percent = self.dice.of(&[10, 40]);
        self.outage(Target::Sandboxes, (from, to), Manner::Closes, percent);
    }

    /// Many alarms at once, of which some are well again soon.
    fn burst(&mut self) {
        let at = START + self.dice.between(0, 2 * MINUTE);
        let count = self.dice.between(6, 24);
        let width = self.dice.of(&[5, 50, 200]) * SECOND;
        for _ in 0..count {
            let from = at + self.dice.between(0, width);
            let mut changes = vec![Change {
                at: from,
                state: State::Alarm,
            }];
            if self.dice.percent(50) {
                let to = from + self.dice.between(2 * SECOND, 5 * MINUTE);
                changes.push(Change {
                    at: to,
                    state: State::Ok,
                });
            }
            self.alarm(changes, false);
        }
    }

    fn silence(&mut self) {
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

    /// Short incidents one after the other, of which the last may last; or data that comes and goes.
    fn flaps(&mut self) {
        let mut at = START + self.dice.between(0, MINUTE);
        let loses_data = self.dice.percent(30);
        let bad = if loses_data {
            State::Unknown
        } else {
            State::Alarm
        };
        let mut changes = Vec::new();
        for number in 0..self.dice.between(5, 14) {
            let state = if number % 2 == 0 { bad } else { State::Ok };
            changes.push(Change { at, state });
            at += self.dice.between(20 * SECOND, 4 * MINUTE);
        }
        if self.dice.percent(50) {
            // A long outage, and then its end.
            at += self.dice.between(2 * HOUR, 3 * HOUR);
            let state = match changes.last().map(|change| change.state) {
                Some(State::Ok) => State::Alarm,
                _ => State::Ok,
            };
            changes.push(Change { at, state });
        }
        self.alarm(changes, false);
        if self.dice.percent(50) {
            self.history.end = at + 2 * HOUR;
        }
    }

    /// Of the sinks all but one hang.
    fn two_hang(&mut self) {
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
    fn half_a_day(&mut self) {
        self.changes(1, 1, false);
        let all: [&'static Sink; 4] = [&WEBHOOK, &CHANNEL, &PAGER, &EMAIL];
        self.history.critical = all.to_vec();
        let sink = self.any_sink();
        let manner = self.dice.of(&[Manner::Breaks, Manner::Hangs]);
        let to = START + 14 * HOUR;
        self.outage(Target::Sink(sink.id), (START, to), manner, 100);
    }

    fn finish(mut self) -> History {
        self.history.arrivals.sort_by_key(|arrival| arrival.at);
        let disturbed = disturbances(&self.history);
        let last = disturbed.into_iter().max().unwrap_or(START);
        let window = self.history.group.unwrap_or_default();
        let end = last + PATIENCE + window + 5 * MINUTE;
        self.history.end = self.history.end.max(end);
        self.history
    }
}

/// Every moment at which something arrives or becomes well again.
pub(crate) fn disturbances(history: &History) -> Vec<Ms> {
    let arrivals = history.arrivals.iter().map(|arrival| arrival.at);
    let notices = history
        .notices
        .iter()
        .flat_map(|notice| [notice.fires, notice.resolved]);
    let outages = history.outages.iter().map(|outage| outage.to);
    let silences = history
        .silences
        .iter()
        .flat_map(|silence| [silence.from, silence.end()]);
    let arrives = arrivals.chain(notices);
    arrives.chain(outages).chain(silences).collect()
}
