//! A live line: traffic goes on, and every alarm that exists is evaluated each minute, those that were put by hand too.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::{Clock, SystemClock};

use super::{charts, story};
use crate::{evaluator::Evaluator, journal::LineEvent, line::Line};

/// How long after its end a minute is evaluated: its last events are on the stream by then.
const AFTER: SignedDuration = SignedDuration::from_secs(1);
/// The minutes that the page's charts show.
const SHOWN: SignedDuration = SignedDuration::from_mins(30);

/// Goes on until it is dropped. A minute that fails is noted, and the next one follows.
pub(super) async fn run(line: &Line) -> Infallible {
    let mut known = BTreeSet::new();
    loop {
        let minute = next_minute(SystemClock.now());
        let wait = (minute + AFTER).duration_since(SystemClock.now());
        SystemClock
            .sleep(Duration::try_from(wait).unwrap_or_default())
            .await;
        if let Err(error) = go_on(line, minute, &mut known).await {
            line.note(format!("this minute went wrong: {error:#}"));
        }
    }
}

/// The next end of a minute.
fn next_minute(now: Timestamp) -> Timestamp {
    let next = (now.as_second().div_euclid(60) + 1) * 60;
    Timestamp::from_second(next).unwrap_or(now)
}

/// One minute: the events of the last one, the publisher, the charts, the alarms.
async fn go_on(line: &Line, now: Timestamp, known: &mut BTreeSet<String>) -> Result<()> {
    let events = story::quiet_minute(now - SignedDuration::from_mins(1));
    line.send(&events).await?;
    line.tick().await?;
    let series = charts::read(&line.clients, now - SHOWN, now).await?;
    line.journal
        .write(SystemClock.now(), LineEvent::Datapoints { series });
    let (mut evaluator, others) = Evaluator::of_all(&line.clients, &line.journal).await?;
    for name in others {
        if known.insert(name.clone()) {
            line.note(format!("the line cannot evaluate the alarm {name}"));
        }
    }
    evaluator.tick(now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_ends_at_a_whole_minute_after_now() {
        let next = |text: &str| next_minute(text.parse().unwrap()).to_string();
        assert_eq!(next("2026-11-20T06:14:03Z"), "2026-11-20T06:15:00Z");
        assert_eq!(next("2026-11-20T06:14:00Z"), "2026-11-20T06:15:00Z");
    }
}
