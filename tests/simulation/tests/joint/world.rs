//! The world that both functions live in: time, stream, tables, bucket, CloudWatch, a receiver of samples, and what
//! goes wrong.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use picket_aws::Fault as Error;

use crate::{
    chance::Dice,
    cloudwatch::CloudWatch,
    faults::{Fault, Faults},
    kernel::{Kernel, MILLISECOND, SECOND},
    lambda::WINDOW,
    prometheus::Receiver,
    stream::Stream,
    tables::Tables,
};

/// How often things go wrong: once in so many calls, 0 being never.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    pub(crate) killed: usize,
    pub(crate) throttled: usize,
    pub(crate) lost_answer: usize,
    pub(crate) on_its_way: usize,
    /// A call that takes seconds.
    pub(crate) stalled: usize,
    pub(crate) put_refused: usize,
    pub(crate) put_lost: usize,
    pub(crate) samples_refused: usize,
    pub(crate) samples_lost: usize,
    pub(crate) redelivered: usize,
    pub(crate) recut: usize,
    pub(crate) tick_missed: usize,
    pub(crate) tick_twice: usize,
    /// A sandbox that Lambda takes away between two invocations.
    pub(crate) taken_away: usize,
    pub(crate) strange_rules: bool,
}

pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) dice: Dice,
    pub(crate) weather: Weather,
    pub(crate) faults: Faults,
    pub(crate) stream: Stream,
    pub(crate) tables: Tables,
    pub(crate) bucket: BTreeMap<String, String>,
    pub(crate) cloudwatch: CloudWatch,
    pub(crate) receiver: Receiver,
    /// Whether the decoder no longer dies of poison.
    pub(crate) is_mended: bool,
    /// Whether nothing went wrong, so that samples lie where they happened.
    pub(crate) is_calm: bool,
    /// How many events a person has mended.
    pub(crate) mended: usize,
    /// Whether no heartbeat is put any more.
    pub(crate) is_ending: bool,
    /// How long a poller waits for records, in microseconds.
    pub(crate) window: i64,
    /// What must not be, as it was seen.
    pub(crate) violations: Vec<String>,
    pub(crate) batches: u64,
    pub(crate) ticks: u64,
    pub(crate) slices_read: u64,
    pub(crate) puts: u64,
    pub(crate) puts_refused: u64,
    /// Committed in an item of more than 64 KB.
    pub(crate) large_slices: u64,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) kernel: Kernel,
    state: Arc<Mutex<State>>,
}

/// A sandbox, as the world knows it.
#[derive(Debug, Default)]
pub(crate) struct Life {
    is_dead: AtomicBool,
    is_busy: AtomicBool,
    /// When the invocation began, in microseconds since 1970.
    begun_at: AtomicI64,
    /// Of the format that its build writes; 0 is this one's.
    version: AtomicU8,
    pub(crate) commits: AtomicU64,
}

impl Life {
    pub(crate) fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.is_dead.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_idle(&self) -> bool {
        !self.is_dead() && !self.is_busy.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self, now: i64) {
        self.is_busy.store(true, Ordering::Relaxed);
        self.begun_at.store(now, Ordering::Relaxed);
        self.commits.store(0, Ordering::Relaxed);
    }

    pub(crate) fn rest(&self) {
        self.is_busy.store(false, Ordering::Relaxed);
    }

    /// A deployment is under way: this sandbox has another build.
    pub(crate) fn set_version(&self, version: u8) {
        self.version.store(version, Ordering::Relaxed);
    }

    pub(crate) fn version(&self) -> u8 {
        self.version.load(Ordering::Relaxed)
    }

    pub(crate) fn begun_at(&self) -> i64 {
        self.begun_at.load(Ordering::Relaxed)
    }
}

impl World {
    pub(crate) fn new(seed: u64, now: i64) -> Self {
        let state = State {
            seed,
            dice: Dice(seed),
            weather: Weather::default(),
            faults: Faults::default(),
            stream: Stream::default(),
            tables: Tables::default(),
            bucket: BTreeMap::new(),
            cloudwatch: CloudWatch::default(),
            receiver: Receiver::default(),
            is_mended: false,
            is_calm: false,
            mended: 0,
            is_ending: false,
            window: WINDOW,
            violations: Vec::new(),
            batches: 0,
            ticks: 0,
            slices_read: 0,
            puts: 0,
            puts_refused: 0,
            large_slices: 0,
        };
        Self {
            kernel: Kernel::at(now),
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Microseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.kernel.now()
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now()).unwrap()
    }

    /// Waits.
    pub(crate) async fn pause(&self, microseconds: i64) {
        self.kernel.sleep(microseconds).await;
    }

    /// Waits for a time between the two.
    pub(crate) async fn pause_between(&self, least: i64, most: i64) {
        let pause = self.state().dice.between(least, most);
        self.pause(pause).await;
    }

    /// A request travels, or an answer; whose process may die meanwhile.
    pub(crate) async fn travel(&self, life: &Life) {
        let pause = self.state().latency();
        self.pause(pause).await;
        let dies = {
            let state = &mut *self.state();
            state.dice.once_in(state.weather.killed)
        };
        if dies {
            life.end();
            pending::<()>().await;
        }
    }

    /// Whether a call goes wrong in this way.
    pub(crate) fn fails(
        &self,
        fault: Fault,
        rate: impl Fn(&Weather) -> usize,
    ) -> Result<(), Error> {
        let state = &mut *self.state();
        if state.dice.once_in(rate(&state.weather)) {
            state.faults.count(fault);
            return Err(Error::transient(format!("{fault:?}")));
        }
        Ok(())
    }

    /// A call to a table or a bucket: it may be refused, and its answer may be lost.
    pub(crate) async fn call<T: Send>(
        &self,
        life: &Life,
        apply: impl FnOnce(&mut State, i64) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        self.travel(life).await;
        self.fails(Fault::Throttled, |weather| weather.throttled)?;
        let outcome = apply(&mut self.state(), self.now());
        self.travel(life).await;
        self.fails(Fault::LostAnswer, |weather| weather.lost_answer)?;
        outcome
    }
}

impl State {
    fn latency(&mut self) -> i64 {
        if self.dice.once_in(self.weather.stalled) {
            return self.dice.between(SECOND, 12 * SECOND);
        }
        self.dice.between(MILLISECOND, 6 * MILLISECOND)
    }

    pub(crate) fn violate(&mut self, what: String) {
        /// Of one kind: a kind is recognised by its beginning.
        const MOST: usize = 4;
        let begins = |known: &&String| known.bytes().take(12).eq(what.bytes().take(12));
        if self.violations.iter().filter(begins).count() < MOST {
            self.violations.push(what);
        }
    }
}
