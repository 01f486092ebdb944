use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;

use super::{BatchResult, Policy, Record, batch::cut};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The mapping's next step with a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Read on: there is nothing to hand over yet.
    Read,
    /// Hand this batch to the function, after the pause, and [`Shard::settle`] what came of it.
    Invoke(Vec<Record>, Duration),
    /// Keep this batch at the destination. The mapping has gone on.
    Discard(Discard),
    /// The shard is closed and all of it is done: its children may be read.
    Drained,
}

/// A batch that the mapping gives up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discard {
    /// Its records, one at least.
    pub records: Vec<Record>,
    /// Why.
    pub reason: Reason,
    /// How often it was tried.
    pub attempts: u32,
}

/// Why a batch is given up, as the invocation record's `condition` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// `RetryAttemptsExhausted`.
    RetryAttemptsExhausted,
    /// `RecordAgeExceeded`.
    RecordAgeExceeded,
}

impl Reason {
    /// The `condition`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            Self::RecordAgeExceeded => "RecordAgeExceeded",
        }
    }
}

/// One shard in the mapping: what waits, what is being tried, how often it failed.
#[derive(Debug)]
pub struct Shard {
    policy: Policy,
    waiting: VecDeque<Record>,
    waiting_since: Option<Timestamp>,
    work: VecDeque<Work>,
    pauses: u32,
    closed: bool,
}

#[derive(Debug)]
struct Work {
    records: Vec<Record>,
    failures: u32,
}

impl Shard {
    /// A shard of which nothing was read yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            waiting: VecDeque::new(),
            waiting_since: None,
            work: VecDeque::new(),
            pauses: 0,
            closed: false,
        }
    }

    /// Takes records that were read. `end`: the shard is closed, and they are its last.
    pub fn offer(&mut self, records: Vec<Record>, end: bool, now: Timestamp) {
        if !records.is_empty() {
            self.waiting_since.get_or_insert(now);
        }
        self.waiting.extend(records);
        self.closed |= end;
    }

    /// Whether everything read is done.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.work.is_empty()
    }

    /// The next step.
    pub fn next(&mut self, now: Timestamp) -> Step {
        if self.work.is_empty() && !self.gather(now) {
            return if self.closed && self.waiting.is_empty() {
                Step::Drained
            } else {
                Step::Read
            };
        }
        if let Some(discard) = self.give_up(now) {
            return Step::Discard(discard);
        }
        match self.work.front() {
            Some(work) => Step::Invoke(work.records.clone(), self.pause()),
            None => Step::Read,
        }
    }

    /// Takes the result of the batch that [`Shard::next`] returned last.
    pub fn settle(&mut self, outcome: BatchResult) {
        self.pauses = match outcome {
            BatchResult::Succeeded => 0,
            BatchResult::Partial(place) if place > 0 => 0,
            _ => self.pauses + 1,
        };
        let Some(work) = self.work.pop_front() else {
            return;
        };
        match outcome {
            BatchResult::Succeeded => {}
            BatchResult::Throttled => self.work.push_front(work),
            BatchResult::Partial(place) => self.retry_from(work, place),
            BatchResult::Failed => self.retry(work),
        }
    }

    /// Makes the next batch of what waits, where it is full or has waited long enough.
    fn gather(&mut self, now: Timestamp) -> bool {
        let (count, full) = cut(&self.waiting, &self.policy);
        let waited = self.waiting_since.is_some_and(|since| {
            Duration::try_from(now.duration_since(since)).unwrap_or_default() >= self.policy.window
        });
        if count == 0 || !(full || waited || self.closed) {
            return false;
        }
        let records = self.waiting.drain(..count).collect();
        self.waiting_since = (!self.waiting.is_empty()).then_some(now);
        self.work.push_back(Work {
            records,
            failures: 0,
        });
        true
    }

    /// Takes from the first batch what is too old, or all of it where it was tried often enough.
    fn give_up(&mut self, now: Timestamp) -> Option<Discard> {
        let work = self.work.front_mut()?;
        let old = self.policy.record_age.map_or(0, |limit| {
            let age = |record: &&Record| {
                Duration::try_from(now.duration_since(record.arrived_at)).unwrap_or_default()
            };
            work.records
                .iter()
                .take_while(|record| age(record) > limit)
                .count()
        });
        let exhausted = self
            .policy
            .retries
            .is_some_and(|retries| work.failures > retries);
        let (count, reason) = match (old, exhausted) {
            (0, false) => return None,
            (0, true) => (work.records.len(), Reason::RetryAttemptsExhausted),
            (old, _) => (old, Reason::RecordAgeExceeded),
        };
        let records = work.records.drain(..count).collect();
        let attempts = work.failures;
        if work.records.is_empty() {
            self.work.pop_front();
        }
        self.pauses = 0;
        Some(Discard {
            records,
            reason,
            attempts,
        })
    }

    /// Completes the records before the reported one and retries the rest. With bisecting on, this is the split, and a
    /// split is not counted as a retry.
    fn retry_from(&mut self, mut work: Work, place: usize) {
        work.records.drain(..place);
        if place == 0 || !self.policy.bisect {
            work.failures += 1;
        }
        self.work.push_front(work);
    }

    fn retry(&mut self, mut work: Work) {
        if !self.policy.bisect || work.records.len() == 1 {
            work.failures += 1;
            self.work.push_front(work);
            return;
        }
        let second = work.records.split_off(work.records.len() / 2);
        self.work.push_front(Work {
            records: second,
            failures: work.failures,
        });
        self.work.push_front(work);
    }

    fn pause(&self) -> Duration {
        match self.pauses.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => FIRST_PAUSE
                .saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX))
                .min(LONGEST_PAUSE),
        }
    }
}

#[cfg(test)]
mod tests;
