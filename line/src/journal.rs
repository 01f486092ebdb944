//! What happens on the line, in order: for the page, the terminal and whoever waits for a step to be seen.

mod happening;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;

pub use happening::{Happening, Point, SeriesPoints, chart_name};

/// What a page that opens late is told of the past; an hour's demo makes a few hundred.
const KEPT: usize = 10_000;

/// A reader that falls further behind misses happenings, and is told so.
const BACKLOG: usize = 4_096;

/// One entry.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its number, from 0.
    pub number: usize,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub happening: Happening,
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
    pub fn write(&self, at: Timestamp, happening: Happening) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Entry {
            number: entries.len(),
            at,
            happening,
        };
        if entries.len() < KEPT {
            entries.push(entry.clone());
        }
        // Nobody listening is no error.
        let _ = self.sender.send(entry);
    }

    /// Everything so far, and everything from then on.
    pub fn follow(&self) -> (Vec<Entry>, broadcast::Receiver<Entry>) {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        (entries.clone(), self.sender.subscribe())
    }

    /// The first entry that `wanted` says yes to, from entry number `from` on, past or to come.
    pub async fn wait_for<T>(&self, from: usize, wanted: impl Fn(&Happening) -> Option<T>) -> T {
        let (past, mut future) = self.follow();
        if let Some(found) = past
            .iter()
            .skip(from)
            .find_map(|entry| wanted(&entry.happening))
        {
            return found;
        }
        loop {
            match future.recv().await {
                Ok(entry) if entry.number >= from => {
                    if let Some(found) = wanted(&entry.happening) {
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

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Happening {
        Happening::Note { text: text.into() }
    }

    #[tokio::test]
    async fn whoever_waits_is_told_of_the_past_and_of_what_comes() {
        let journal = Journal::default();
        journal.write(Timestamp::UNIX_EPOCH, note("one"));
        let is = |wanted: &'static str| {
            move |happening: &Happening| {
                matches!(happening, Happening::Note { text } if text == wanted).then_some(wanted)
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
