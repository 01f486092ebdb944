//! A live line: traffic goes on, and every alarm that exists is evaluated each minute, those that were put by hand too.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::{Clock, SystemClock};

use super::{charts, story, workload::Rules};
use crate::{evaluator::Evaluator, journal::LineEvent, line::Line};

/// How long after its end a minute is evaluated: its last events are on the stream by then. The page counts the seconds
/// to it.
const AFTER: SignedDuration = SignedDuration::from_secs(1);
/// The minutes that the page's charts show.
const SHOWN: SignedDuration = SignedDuration::from_mins(30);
/// Seconds of a slice of a minute's traffic: of [`story::SLICES`].
const SLICE: i64 = 10;

/// What went on so far.
struct Live<'a> {
    line: &'a Line,
    /// The workload on a Prometheus whose traffic goes on too.
    rules: Option<&'a Rules>,
    /// Events sent, those of the scenario too.
    total: u64,
    /// The alarms that the journal has.
    shown: BTreeSet<String>,
    /// The alarms that the line cannot evaluate.
    refused: BTreeSet<String>,
}

/// Goes on until it is dropped. What fails is noted, and the next slice follows.
pub(super) async fn run(line: &Line, rules: Option<&Rules>) -> Infallible {
    let mut going_on = Live::after(line, rules);
    loop {
        let ends_at = next_slice(SystemClock.now());
        wait_for(ends_at).await;
        if let Err(error) = going_on.slice(ends_at).await {
            line.note(format!("this minute went wrong: {error:#}"));
        }
    }
}

/// The next end of a slice.
fn next_slice(now: Timestamp) -> Timestamp {
    let next = (now.as_second().div_euclid(SLICE) + 1) * SLICE;
    Timestamp::from_second(next).unwrap_or(now)
}

async fn wait_for(time: Timestamp) {
    let wait = time.duration_since(SystemClock.now());
    SystemClock
        .sleep(Duration::try_from(wait).unwrap_or_default())
        .await;
}

/// The start of the minute that has the last slice before a time, and that slice's number.
fn slice_before(ends_at: Timestamp) -> (Timestamp, u32) {
    let last = ends_at.as_second() - SLICE;
    let minute = last.div_euclid(60) * 60;
    let number = u32::try_from((last - minute) / SLICE).unwrap_or_default();
    (Timestamp::from_second(minute).unwrap_or(ends_at), number)
}

impl<'a> Live<'a> {
    /// Continues what the journal has.
    fn after(line: &'a Line, rules: Option<&'a Rules>) -> Self {
        let (past, _) = line.journal.follow();
        let total = past.iter().rev().find_map(|entry| match entry.event {
            LineEvent::Sent { total, .. } => Some(total),
            _ => None,
        });
        let shown = past.into_iter().filter_map(|entry| match entry.event {
            LineEvent::Alarm(alarm) => Some(alarm.name),
            _ => None,
        });
        Self {
            line,
            rules,
            total: total.unwrap_or_default(),
            shown: shown.collect(),
            refused: BTreeSet::new(),
        }
    }

    /// The events of the slice that is over, and, after the last one of a minute, what is done each minute.
    async fn slice(&mut self, ends_at: Timestamp) -> Result<()> {
        let (minute, number) = slice_before(ends_at);
        let mut events = story::quiet_slice(minute, number);
        events.extend(self.rules.map(Rules::traffic).unwrap_or_default());
        self.line.send(&events).await?;
        let sent = events.len() as u64;
        self.total += sent;
        self.write(LineEvent::Sent {
            events: sent,
            errors: 0,
            total: self.total,
        });
        if number + 1 < story::SLICES {
            return Ok(());
        }
        wait_for(ends_at + AFTER).await;
        self.minute(ends_at).await
    }

    /// The publisher, the charts, the alarms.
    async fn minute(&mut self, now: Timestamp) -> Result<()> {
        let (line, cloudwatch) = (self.line, self.line.clients.cloudwatch());
        line.tick().await?;
        let (mut evaluator, others) = Evaluator::of_all(&line.clients, &line.journal).await?;
        let range = charts::Range {
            from: now - SHOWN,
            to: now,
        };
        let alarms = evaluator.definitions();
        let series = charts::read(&cloudwatch, &line.known, &alarms, range).await?;
        self.write(LineEvent::Datapoints { series });
        for name in others {
            if self.refused.insert(name.clone()) {
                line.note(format!("the line cannot evaluate the alarm {name}"));
            }
        }
        evaluator.tick(now).await?;
        self.show(&evaluator);
        Ok(())
    }

    /// Writes the states of the alarms that the journal does not have: no change was written of them.
    fn show(&mut self, evaluator: &Evaluator) {
        let mut alarms = evaluator.states();
        alarms.retain(|alarm| self.shown.insert(alarm.name.clone()));
        if !alarms.is_empty() {
            self.write(LineEvent::Alarms { alarms });
        }
    }

    fn write(&self, event: LineEvent) {
        self.line.journal.write(SystemClock.now(), event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_ends_at_ten_whole_seconds_after_now() {
        let next = |text: &str| next_slice(text.parse().unwrap()).to_string();
        assert_eq!(next("2026-11-20T06:14:03Z"), "2026-11-20T06:14:10Z");
        assert_eq!(next("2026-11-20T06:14:50Z"), "2026-11-20T06:15:00Z");
    }

    #[test]
    fn the_last_slice_of_a_minute_ends_with_it() {
        let before = |text: &str| {
            let (minute, number) = slice_before(text.parse().unwrap());
            (minute.to_string(), number)
        };
        assert_eq!(
            before("2026-11-20T06:15:00Z"),
            ("2026-11-20T06:14:00Z".to_owned(), story::SLICES - 1)
        );
        assert_eq!(
            before("2026-11-20T06:15:10Z"),
            ("2026-11-20T06:15:00Z".to_owned(), 0)
        );
    }
}
