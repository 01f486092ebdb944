//! What events count for, in the plainest arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Again;
use crate::{
    events::{Kind, Request, Time},
    faults::Fault,
    position::Position,
    tables::Committed,
};

/// Billionths of a dollar a token of the model's: $0.035 and $0.14 a million.
const NANODOLLARS: (u64, u64) = (35, 140);

/// What an agent used on a day.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Usage {
    pub(super) requests: u64,
    pub(super) input: u64,
    pub(super) output: u64,
    pub(super) dollars: Decimal,
}

/// A metric of the simulation's namespace, or of our own, with its agent where it has one.
pub(super) type Metric = (&'static str, Option<usize>);

#[derive(Debug, Default)]
pub(super) struct Expected {
    /// By day and agent.
    pub(super) usage: BTreeMap<(String, String), Usage>,
    /// Of events of which it is unclear whether they count.
    pub(super) unclear_usage: BTreeMap<(String, String), Usage>,
    /// The values of each metric's minute since 1970.
    pub(super) values: BTreeMap<(Metric, i64), Vec<f64>>,
    pub(super) unclear_values: BTreeMap<(Metric, i64), Vec<f64>>,
    /// Sums of our own counts.
    pub(super) own: BTreeMap<&'static str, u64>,
    pub(super) quarantined: BTreeSet<(String, Position)>,
    /// Events that wait for a person: where they were first sent.
    pub(super) set_apart: BTreeSet<(String, Position)>,
    pub(super) said_quarantined: BTreeSet<(String, Position)>,
    /// Minutes of any event that rules see.
    pub(super) presence: BTreeMap<i64, Presence>,
    /// When each value of Input was committed, in milliseconds since 1970.
    pub(super) commits: Vec<i64>,
    pub(super) seen: BTreeMap<Fault, u64>,
    pub(super) problems: Vec<String>,
}

/// What is known of an event's time, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) arrived_at: i64,
    /// The same for the ledger, which accepts three weeks.
    pub(super) usage_at: i64,
    /// As its envelope says, or when it arrived.
    pub(super) happened_at: i64,
    /// The same for the ledger.
    pub(super) happened_on: i64,
    /// When it was counted.
    pub(super) committed_at: i64,
    /// When the table had it.
    pub(super) taken_at: i64,
}

/// A minute of the metric with a default value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Presence {
    /// An event without a match was there when the minute was settled.
    pub(super) is_early: bool,
    /// A match came when it was.
    pub(super) is_late: bool,
}

/// How long after its end a minute is settled, in milliseconds.
const SETTLE: i64 = 60_000;

impl Times {
    /// The minute's and the day's time of an event that says its own: where CloudWatch takes that, and else when it
    /// arrived.
    fn of(self, own: i64) -> (i64, i64) {
        if own > self.committed_at + 2 * 3_600_000 {
            return (self.arrived_at, self.usage_at);
        }
        if own < self.committed_at - 14 * 86_400_000 {
            return (self.arrived_at, own);
        }
        (own, own)
    }
}

/// `2023-11-16`, of milliseconds since 1970.
fn day(at: i64) -> String {
    // Howard Hinnant's days_from_civil, the other way round.
    let days = at.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

impl Expected {
    fn own(&mut self, name: &'static str) {
        *self.own.entry(name).or_default() += 1;
    }

    pub(super) fn see(&mut self, fault: Fault) {
        *self.seen.entry(fault).or_default() += 1;
    }

    fn value(&mut self, metric: Metric, at: i64, value: f64, again: Again) {
        let minute = (metric, at.div_euclid(60_000));
        let values = if again == Again::Unclear {
            &mut self.unclear_values
        } else {
            &mut self.values
        };
        values.entry(minute).or_default().push(value);
    }

    /// A record that nobody read is one event, in quarantine.
    pub(super) fn left(&mut self, chain: &str, first: Position) {
        self.own("RecordsRead");
        self.own("RecordsQuarantined");
        self.quarantined.insert((chain.to_owned(), first));
        self.see(Fault::LeftUndecoded);
    }

    /// A record that was put back more than once: another copy counts.
    pub(super) fn dropped_copy(&mut self) {
        self.own("RecordsRead");
        self.own("RecordCopiesDropped");
        self.see(Fault::CopyDropped);
    }

    /// What a slice says that could not be read.
    pub(super) fn slices(&mut self, chain: &str, slice: &Committed) {
        if slice.first.sub > 0 && slice.first.sub < u64::from(u32::MAX) {
            self.see(Fault::SliceInsideRecord);
        }
        for (position, _) in &slice.quarantined {
            if !self.said_quarantined.insert((chain.to_owned(), *position)) {
                let what = format!("{chain} {position:?} was quarantined twice");
                self.problems.push(what);
            }
        }
    }

    /// An event as it should count.
    pub(super) fn event(
        &mut self,
        kind: &Kind,
        (chain, position): (&str, Position),
        again: Again,
        times: Times,
    ) {
        self.own("RecordsRead");
        self.presence(kind, again, times);
        match kind {
            Kind::Request(_) if again == Again::Repeated => {
                self.own("RecordsRepeated");
                self.see(Fault::SentAgain);
            }
            Kind::Request(request) => self.request(*request, again, times),
            Kind::Error => self.value(("Errors", None), times.happened_at, 1.0, again),
            Kind::Heartbeat(bytes) => {
                let event: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                let sent_at: jiff::Timestamp = event["sent_at"].as_str().unwrap().parse().unwrap();
                let at = sent_at.as_millisecond();
                self.value(("Heartbeat", None), at, 1.0, again);
            }
            Kind::OwnLog => self.own("OwnLogEventsDropped"),
            Kind::Control => self.own("ControlMessages"),
            Kind::Broken(_) | Kind::Nameless(..) => {
                self.own("RecordsQuarantined");
                self.quarantined.insert((chain.to_owned(), position));
            }
            Kind::Chatter | Kind::Poison => {}
        }
    }

    /// A heartbeat, a repetition and what no rule sees are in no minute.
    fn presence(&mut self, kind: &Kind, again: Again, times: Times) {
        let is_there = match kind {
            Kind::Request(_) => again != Again::Repeated,
            Kind::Error | Kind::Chatter | Kind::Poison => true,
            _ => false,
        };
        if !is_there {
            return;
        }
        let minute = times.happened_at.div_euclid(60_000);
        let is_early = times.taken_at < (minute + 1) * 60_000 + SETTLE;
        let presence = self.presence.entry(minute).or_default();
        presence.is_early |= is_early && again != Again::Unclear;
        presence.is_late |= !is_early && *kind == Kind::Error;
    }

    #[expect(clippy::cast_precision_loss, reason = "tokens far below 2^52")]
    fn request(&mut self, request: Request, again: Again, times: Times) {
        let (at, day_at) = match request.time {
            Time::Unsaid => (times.happened_at, times.happened_on),
            Time::At(at) | Time::Ahead(at) => times.of(at),
            Time::Zero => (times.arrived_at, times.usage_at),
        };
        let Request { input, output, .. } = request;
        let agent = request.agent;
        self.value(("Input", None), at, input as f64, again);
        self.commits.push(times.committed_at);
        self.value(("Input", Some(agent)), at, input as f64, again);
        if let Some(latency) = request.latency {
            self.value(("Latency", None), at, latency as f64, again);
        }
        let nanodollars = input * NANODOLLARS.0 + output * NANODOLLARS.1;
        self.value(("Cost", None), at, nanodollars as f64 / 1e9, again);
        let key = (day(day_at), format!("agent-{agent}"));
        let usage = if again == Again::Unclear {
            &mut self.unclear_usage
        } else {
            &mut self.usage
        };
        let usage = usage.entry(key).or_default();
        usage.requests += 1;
        usage.input += input;
        usage.output += output;
        usage.dollars += Decimal::from_i128_with_scale(nanodollars.into(), 9);
    }
}
