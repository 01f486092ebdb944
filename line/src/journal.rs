//! The journal: the events of a line in order, for the page, the terminal and the expectations of a run.

mod line_event;
mod seen;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;

pub use line_event::LineEvent;
pub(crate) use seen::is_total;
pub use seen::{AlarmState, Point, SeriesPoints, SilencedAlarm, chart_name};

/// The events that a page which opens late receives; an hour's demo writes a few hundred.
const KEPT: usize = 10_000;

/// A reader that falls further behind misses events, and its receiver reports that.
const BACKLOG: usize = 4_096;

/// An entry of the journal.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its number, from 0.
    pub number: usize,
    /// When it was written.
    pub at: Timestamp,
    /// The event.
    #[serde(flatten)]
    pub event: LineEvent,
}

/// The journal. Cheap to clone; every clone is the same one.
#[derive(Debug, Clone)]
pub struct Journal {
    entries: Arc<Mutex<Vec<Entry>>>,
    sender: broadcast::Sender<Entry>,
}

impl Default for Journal {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        Self {
            entries: Arc::default(),
            sender,
        }
    }
}

impl Journal {
    /// Writes an entry. Of the datapoints only the newest are kept: they repeat those before, and a page that opens
    /// after hours would receive each minute's charts.
    pub fn write(&self, at: Timestamp, event: LineEvent) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(event, LineEvent::Datapoints { .. }) {
            forget_datapoints(&mut entries);
        }
        let entry = Entry {
            number: entries.len(),
            at,
            event,
        };
        if entries.len() < KEPT {
            entries.push(entry.clone());
        }
        // No subscriber is no error.
        let _ = self.sender.send(entry);
    }

    /// The entries so far, and a receiver of later ones.
    pub fn follow(&self) -> (Vec<Entry>, broadcast::Receiver<Entry>) {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        (entries.clone(), self.sender.subscribe())
    }

    /// Waits for the first entry for which `wanted` returns a value, from entry number `from` on, past or to come.
    pub async fn wait_for<T>(&self, from: usize, wanted: impl Fn(&LineEvent) -> Option<T>) -> T {
        let (past, mut future) = self.follow();
        if let Some(found) = past
            .iter()
            .skip(from)
            .find_map(|entry| wanted(&entry.event))
        {
            return found;
        }
        loop {
            match future.recv().await {
                Ok(entry) if entry.number >= from => {
                    if let Some(found) = wanted(&entry.event) {
                        return found;
                    }
                }
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Whether there is no entry yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Removes the datapoints of the last entry that has some.
fn forget_datapoints(entries: &mut [Entry]) {
    let last = entries
        .iter_mut()
        .rev()
        .find_map(|entry| match &mut entry.event {
            LineEvent::Datapoints { series } => Some(series),
            _ => None,
        });
    if let Some(series) = last {
        series.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> LineEvent {
        LineEvent::Note { text: text.into() }
    }

    #[tokio::test]
    async fn a_wait_covers_entries_of_the_past_and_the_future() {
        let journal = Journal::default();
        journal.write(Timestamp::UNIX_EPOCH, note("one"));
        let is = |wanted: &'static str| {
            move |event: &LineEvent| {
                matches!(event, LineEvent::Note { text } if text == wanted).then_some(wanted)
            }
        };
        assert_eq!(journal.wait_for(0, is("one")).await, "one");
        let later = async {
            tokio::task::yield_now().await;
            journal.write(Timestamp::UNIX_EPOCH, note("one"));
        };
        let (found, ()) = tokio::join!(journal.wait_for(1, is("one")), later);
        assert_eq!(found, "one");
    }

    #[test]
    fn a_late_reader_gets_every_entry_once() {
        let journal = Journal::default();
        journal.write(Timestamp::UNIX_EPOCH, note("one"));
        let (past, mut future) = journal.follow();
        journal.write(Timestamp::UNIX_EPOCH, note("two"));
        assert_eq!(past.len(), 1);
        assert_eq!(future.try_recv().unwrap().number, 1);
        assert!(future.try_recv().is_err());
    }
    #[test]
    fn a_late_reader_gets_the_newest_datapoints_alone() {
        let journal = Journal::default();
        let (_, mut future) = journal.follow();
        for value in [1.0, 2.0] {
            let series = vec![SeriesPoints {
                workload: "orders".into(),
                name: "Orders Requests".into(),
                statistic: "Sum".into(),
                unit: String::new(),
                points: vec![Point { time: 60, value }],
            }];
            journal.write(Timestamp::UNIX_EPOCH, LineEvent::Datapoints { series });
        }
        let values = |event: &LineEvent| match event {
            LineEvent::Datapoints { series } => {
                series.iter().map(|one| one.points[0].value).collect()
            }
            _ => vec![],
        };
        let past: Vec<Vec<f64>> = journal
            .follow()
            .0
            .iter()
            .map(|entry| values(&entry.event))
            .collect();
        assert_eq!(past, [vec![], vec![2.0]]);
        let at_once = values(&future.try_recv().unwrap().event);
        assert_eq!(at_once, [1.0], "a reader that follows gets each");
    }
}
