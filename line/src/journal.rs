//! The journal: the events of a line in order, for the page, the terminal and the expectations of a run.

mod line_event;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;

pub use line_event::{LineEvent, Point, SeriesPoints, chart_name};

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
    /// Writes an entry.
    pub fn write(&self, at: Timestamp, event: LineEvent) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
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
}
