//! Time, chance, and everything that sandboxes share. Each call of a port takes a moment of this clock before it has
//! its effect and another before its answer is there: by these moments all that runs at once is interleaved.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::Timestamp;
use picket_shared::clock::Clock;

use crate::{
    dice::Dice,
    history::{History, Manner, Ms, Outage, SECOND, STALE, START, Target},
    reader::Entry,
    table::Items,
};

/// What comes next.
#[derive(Debug)]
pub(crate) enum What {
    /// A call or a pause goes on.
    Timer(u64),
    Platform(Platform),
}

/// What Lambda and its event sources do.
#[derive(Debug)]
pub(crate) enum Platform {
    /// An event is handed to the function, for the first time or again.
    Invoke(Job),
    /// The sandbox of this task is gone.
    Kill {
        task: u64,
        timed_out: bool,
    },
    /// The failure queue is asked.
    Poll,
    Tick,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) request: String,
    pub(crate) body: Arc<str>,
    /// Which attempt it is; 0 for the failure queue's.
    pub(crate) attempt: u32,
    /// The parcels of the failure queue that are in it.
    pub(crate) parcels: Vec<String>,
}

pub(crate) struct World {
    pub(crate) now: Ms,
    pub(crate) dice: Dice,
    pub(crate) history: Arc<History>,
    pub(crate) items: Items,
    /// What people see, in order.
    pub(crate) log: Vec<Entry>,
    /// Requests that a sink took and whose answer was lost.
    pub(crate) ambiguous: HashMap<&'static str, usize>,
    pub(crate) kills: usize,
    /// Calls of the table that failed.
    pub(crate) table_faults: usize,
    /// … of rows whose keys hold these words.
    pub(crate) faulty_rows: Vec<String>,
    pub(crate) fallback: Vec<(Ms, String)>,
    /// When PagerDuty had a request, whatever became of it.
    pub(crate) page_requests: Vec<Ms>,
    pub(crate) posts: usize,
    /// Writes of this second, by partition key.
    writes: (Ms, HashMap<String, usize>),
    pub(crate) throttled: usize,
    /// Requests for alarms in this second.
    queries: (Ms, usize),
    agenda: BTreeMap<(Ms, u64, u64), What>,
    timers: u64,
    sleepers: HashMap<u64, Waker>,
}

#[derive(Clone)]
pub(crate) struct Shared(pub(crate) Arc<Mutex<World>>);

impl World {
    pub(crate) fn new(history: Arc<History>) -> Self {
        Self {
            now: START,
            dice: Dice(history.seed ^ 0x5eed),
            history,
            items: Items::default(),
            log: Vec::new(),
            ambiguous: HashMap::new(),
            kills: 0,
            table_faults: 0,
            faulty_rows: Vec::new(),
            fallback: Vec::new(),
            page_requests: Vec::new(),
            posts: 0,
            writes: (0, HashMap::new()),
            throttled: 0,
            queries: (0, 0),
            agenda: BTreeMap::new(),
            timers: 0,
            sleepers: HashMap::new(),
        }
    }

    pub(crate) fn plan(&mut self, at: Ms, what: Platform) {
        self.push(at, |_| What::Platform(what));
    }

    fn push(&mut self, at: Ms, what: impl FnOnce(u64) -> What) -> u64 {
        self.timers += 1;
        // What falls on one millisecond comes in any order.
        let order = self.dice.next();
        self.agenda
            .insert((at.max(self.now), order, self.timers), what(self.timers));
        self.timers
    }

    /// The next thing to happen, at its time.
    pub(crate) fn next(&mut self, end: Ms) -> Option<What> {
        let ((at, ..), what) = self.agenda.pop_first()?;
        if at > end {
            return None;
        }
        self.now = at;
        Some(what)
    }

    /// Whoever waits for a timer; nobody where it was killed.
    pub(crate) fn sleeper(&mut self, timer: u64) -> Option<Waker> {
        self.sleepers.remove(&timer)
    }

    /// Whether a partition of the table takes one more write in this second.
    pub(crate) fn takes_write(&mut self, partition: &str) -> bool {
        let Some(most) = self.history.writes_a_second else {
            return true;
        };
        let second = self.now / SECOND;
        if self.writes.0 != second {
            self.writes = (second, HashMap::new());
        }
        let count = self.writes.1.entry(partition.to_owned()).or_default();
        *count += 1;
        *count <= most
    }

    /// Whether CloudWatch takes one more request for alarms in this second.
    pub(crate) fn takes_query(&mut self) -> bool {
        let Some(most) = self.history.queries_a_second else {
            return true;
        };
        let second = self.now / SECOND;
        if self.queries.0 != second {
            self.queries = (second, 0);
        }
        self.queries.1 += 1;
        self.queries.1 <= most
    }

    /// The age of an answer about alarms.
    pub(crate) fn staleness(&mut self) -> Ms {
        let stale = self.history.stale;
        if stale > 0 && self.dice.percent(stale) {
            self.dice.between(SECOND, STALE)
        } else {
            0
        }
    }

    /// How a call of this target fails now, if it does.
    pub(crate) fn fault(&mut self, target: Target) -> Option<Manner> {
        let now = self.now;
        let meets =
            |outage: &&Outage| outage.target == target && outage.from <= now && now < outage.to;
        let outage = self.history.outages.iter().find(meets).copied()?;
        self.dice.percent(outage.percent).then_some(outage.manner)
    }
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// Waits for so many milliseconds.
    pub(crate) fn pause(&self, milliseconds: Ms) -> Pause {
        let due = self.world().now + milliseconds;
        Pause {
            shared: self.clone(),
            due,
            timer: None,
        }
    }

    /// Waits for a moment between these.
    pub(crate) fn moment(&self, least: Ms, most: Ms) -> Pause {
        let milliseconds = self.world().dice.between(least, most);
        self.pause(milliseconds)
    }
}

/// Waits for a timer of the agenda.
pub(crate) struct Pause {
    shared: Shared,
    due: Ms,
    timer: Option<u64>,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = self.shared.clone();
        let mut world = shared.world();
        let timer = match self.timer {
            // It has rung.
            Some(timer) if !world.sleepers.contains_key(&timer) => return Poll::Ready(()),
            Some(timer) => timer,
            None => world.push(self.due, What::Timer),
        };
        self.timer = Some(timer);
        world.sleepers.insert(timer, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.shared.world().sleepers.remove(&timer);
        }
    }
}

impl Clock for Shared {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.world().now).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        let milliseconds = Ms::try_from(duration.as_millis()).unwrap();
        if milliseconds > 0 {
            self.pause(milliseconds).await;
        }
    }
}
