//! Simulated time, and the tasks that live in it. One thread; of two timers of one moment the older goes first.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
};

pub(crate) const MILLISECOND: i64 = 1_000;
pub(crate) const SECOND: i64 = 1_000 * MILLISECOND;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

type Task = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    /// Tasks that have not begun: not every one of them can go to another thread, and the ports that spawn them could.
    static SPAWNED: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Timers {
    /// Microseconds since 1970.
    now: i64,
    count: u64,
    order: BinaryHeap<Reverse<(i64, u64)>>,
    wakers: BTreeMap<u64, Waker>,
}

#[derive(Default)]
struct Shared {
    timers: Mutex<Timers>,
    ready: Arc<Ready>,
}

#[derive(Default)]
struct Ready(Mutex<VecDeque<u64>>);

struct TaskWaker(u64, Arc<Ready>);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.1.0.lock().unwrap().push_back(self.0);
    }
}

/// Time, as tasks see it.
#[derive(Clone)]
pub(crate) struct Kernel(Arc<Shared>);

impl Kernel {
    /// At a moment, in microseconds since 1970.
    pub(crate) fn at(now: i64) -> Self {
        let shared = Shared::default();
        shared.timers.lock().unwrap().now = now;
        Self(Arc::new(shared))
    }

    /// Microseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.0.timers.lock().unwrap().now
    }

    pub(crate) fn sleep(&self, microseconds: i64) -> Sleep {
        Sleep {
            kernel: self.clone(),
            at: self.now() + microseconds.max(0),
            timer: None,
        }
    }

    #[expect(clippy::unused_self, reason = "whoever has the time may spawn")]
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        SPAWNED.with_borrow_mut(|spawned| spawned.push(Box::pin(task)));
    }
}

pub(crate) struct Sleep {
    kernel: Kernel,
    at: i64,
    timer: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = Arc::clone(&self.kernel.0);
        let mut timers = shared.timers.lock().unwrap();
        if timers.now >= self.at {
            return Poll::Ready(());
        }
        let at = self.at;
        let timer = *self.timer.get_or_insert_with(|| {
            timers.count += 1;
            let timer = timers.count;
            timers.order.push(Reverse((at, timer)));
            timer
        });
        timers.wakers.insert(timer, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.kernel.0.timers.lock().unwrap().wakers.remove(&timer);
        }
    }
}

/// Polls tasks and lets time pass.
pub(crate) struct Runner {
    kernel: Kernel,
    tasks: BTreeMap<u64, Task>,
    count: u64,
}

impl Runner {
    pub(crate) fn new(kernel: Kernel) -> Self {
        SPAWNED.take();
        Self {
            kernel,
            tasks: BTreeMap::new(),
            count: 0,
        }
    }

    /// Runs until a moment, in microseconds since 1970.
    pub(crate) fn run_until(&mut self, end: i64) {
        loop {
            self.poll_ready();
            let mut timers = self.kernel.0.timers.lock().unwrap();
            let next = timers.order.peek().map(|Reverse((at, _))| *at);
            let Some(at) = next.filter(|at| *at <= end) else {
                timers.now = timers.now.max(end);
                return;
            };
            timers.now = timers.now.max(at);
            let Some(Reverse((_, timer))) = timers.order.pop() else {
                return;
            };
            let waker = timers.wakers.remove(&timer);
            drop(timers);
            waker.into_iter().for_each(Waker::wake);
        }
    }

    fn poll_ready(&mut self) {
        loop {
            let spawned = SPAWNED.take();
            for task in spawned {
                self.count += 1;
                self.tasks.insert(self.count, task);
                self.kernel.0.ready.0.lock().unwrap().push_back(self.count);
            }
            let Some(number) = self.kernel.0.ready.0.lock().unwrap().pop_front() else {
                return;
            };
            let Some(task) = self.tasks.get_mut(&number) else {
                continue;
            };
            let waker = Waker::from(Arc::new(TaskWaker(
                number,
                Arc::clone(&self.kernel.0.ready),
            )));
            if task
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                self.tasks.remove(&number);
            }
        }
    }
}
