//! Lambda, its event sources and its sandboxes, and the one thread on which all that runs at once takes turns.

mod config;

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
};

use jiff::Timestamp;
use picket_rules::routes::Routes;
use picket_shared::deadline::Deadline;
use serde_json::{Value, json};
use slack_forwarder::{
    config::Config,
    error::Error,
    handler::{Handler, Response},
};

use crate::{
    events,
    history::{History, MINUTE, Ms, SECOND, Target},
    world::{Job, Platform, Shared, What, World},
};

/// The function's timeout, in the template.
const TIMEOUT: Ms = 30 * SECOND;
/// The failure queue's visibility timeout, in the template.
const HIDDEN: Ms = 600 * SECOND;
/// Records that its mapping hands over at once, and how many at a time, in the template.
const BATCH: usize = 10;
const AT_A_TIME: usize = 2;
const TICK: &str = r#"{"picket":{"kind":"tick","version":1}}"#;

type Sandbox = Arc<Handler<Shared, Shared>>;
type Handling = Pin<Box<dyn Future<Output = Result<Response, Error>>>>;

struct Task {
    future: Handling,
    sandbox: Sandbox,
    job: Job,
}

/// A message of the failure queue.
struct Parcel {
    id: String,
    body: String,
    /// When it came.
    sent: Ms,
    visible: Ms,
}

pub(crate) struct Lambda {
    pub(crate) shared: Shared,
    history: Arc<History>,
    config: Config,
    routes: Arc<Routes>,
    tasks: BTreeMap<u64, Task>,
    idle: Vec<Sandbox>,
    woken: Arc<Mutex<Vec<u64>>>,
    queue: Vec<Parcel>,
    /// What there is no sandbox for yet.
    waiting: VecDeque<Job>,
    started: u64,
    parcels: u64,
    /// What must never be, as it was seen.
    pub(crate) wrong: Vec<String>,
    pub(crate) invocations: u64,
}

struct Bell(u64, Arc<Mutex<Vec<u64>>>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().push(self.0);
    }
}

impl Lambda {
    pub(crate) fn new(history: &Arc<History>) -> Self {
        let shared = Shared(Arc::new(Mutex::new(World::new(Arc::clone(history)))));
        Self {
            shared,
            history: Arc::clone(history),
            config: config::config(),
            routes: config::parsed(&config::routes(history)),
            tasks: BTreeMap::new(),
            idle: Vec::new(),
            woken: Arc::default(),
            queue: Vec::new(),
            waiting: VecDeque::new(),
            started: 0,
            parcels: 0,
            wrong: Vec::new(),
            invocations: 0,
        }
    }

    /// The whole history.
    pub(crate) fn run(&mut self) {
        {
            let mut world = self.shared.world();
            for (number, arrival) in self.history.arrivals.iter().enumerate() {
                let job = Job {
                    request: format!("request-{number}"),
                    body: events::event(&self.history, arrival).to_string().into(),
                    attempt: 1,
                    parcels: Vec::new(),
                };
                world.plan(arrival.at, Platform::Invoke(job));
            }
            for (number, forged) in self.history.forged.iter().enumerate() {
                let job = Job {
                    request: format!("forged-{number}"),
                    body: events::forged(&self.history, forged).to_string().into(),
                    attempt: 1,
                    parcels: Vec::new(),
                };
                world.plan(forged.at, Platform::Invoke(job));
            }
            for (number, notice) in self.history.notices.iter().enumerate() {
                for (at, is_over) in [(notice.fires, false), (notice.resolved, true)] {
                    let event = events::notice(number, notice, is_over);
                    let job = Job {
                        request: format!("notice-{number}-{is_over}"),
                        body: event.to_string().into(),
                        attempt: 1,
                        parcels: Vec::new(),
                    };
                    world.plan(at, Platform::Invoke(job));
                }
            }
            world.plan(self.history.tick, Platform::Tick);
        }
        loop {
            self.take_turns();
            let Some(what) = self.shared.world().next(self.history.end) else {
                break;
            };
            match what {
                What::Timer(timer) => {
                    let sleeper = self.shared.world().sleeper(timer);
                    sleeper.into_iter().for_each(Waker::wake);
                }
                What::Platform(platform) => self.go_on(platform),
            }
        }
        let left: Vec<&str> = self.queue.iter().map(|parcel| &*parcel.id).collect();
        if !left.is_empty() {
            self.wrong
                .push(format!("left in the failure queue: {left:?}"));
        }
    }

    fn take_turns(&mut self) {
        loop {
            let Some(id) = self.woken.lock().unwrap().pop() else {
                return;
            };
            let Some(task) = self.tasks.get_mut(&id) else {
                continue;
            };
            let waker = Waker::from(Arc::new(Bell(id, Arc::clone(&self.woken))));
            let polled = task.future.as_mut().poll(&mut Context::from_waker(&waker));
            if let Poll::Ready(result) = polled
                && let Some(Task { sandbox, job, .. }) = self.tasks.remove(&id)
            {
                self.idle.push(sandbox);
                self.finish(job, Some(result));
            }
        }
    }

    fn go_on(&mut self, platform: Platform) {
        match platform {
            Platform::Invoke(job) => self.invoke(job),
            Platform::Kill { task, timed_out } => {
                if let Some(Task { job, .. }) = self.tasks.remove(&task) {
                    if timed_out {
                        self.wrong
                            .push(format!("{} ran into Lambda's timeout", job.request));
                    }
                    self.shared.world().kills += 1;
                    self.finish(job, None);
                }
            }
            Platform::Poll => self.poll_queue(),
            Platform::Tick => {
                let now = self.shared.world().now;
                let job = Job {
                    request: format!("tick-{now}"),
                    body: TICK.into(),
                    attempt: 1,
                    parcels: Vec::new(),
                };
                self.shared.world().plan(now + MINUTE, Platform::Tick);
                self.tick_again(&job);
                if self.shared.world().has_something_for_a_tick() {
                    self.invoke(job);
                }
            }
        }
    }

    /// Perhaps plans another invocation of this minute's schedule.
    fn tick_again(&self, job: &Job) {
        let twice = self.history.ticks_twice;
        let mut world = self.shared.world();
        if twice == 0 || !world.dice.percent(twice) || !world.has_something_for_a_tick() {
            return;
        }
        let at = world.now + world.dice.between(0, 3 * SECOND);
        let job = Job {
            request: format!("{} again", job.request),
            ..job.clone()
        };
        world.plan(at, Platform::Invoke(job));
    }

    fn sandbox(&mut self) -> Sandbox {
        let is_warm = !self.idle.is_empty() && self.shared.world().dice.percent(90);
        if is_warm {
            let place = self.shared.world().dice.below(self.idle.len());
            return self.idle.swap_remove(place);
        }
        let shared = &self.shared;
        Arc::new(Handler::new(
            self.config.clone(),
            &self.routes,
            shared.clone(),
            shared.clone(),
        ))
    }

    fn invoke(&mut self, job: Job) {
        let most = self.history.concurrency.unwrap_or(usize::MAX);
        if self.tasks.len() >= most {
            return self.waiting.push_back(job);
        }
        self.started += 1;
        self.invocations += 1;
        let (id, sandbox) = (self.started, self.sandbox());
        let now = {
            let mut world = self.shared.world();
            let end = world.now + TIMEOUT;
            let kill = |timed_out| Platform::Kill {
                task: id,
                timed_out,
            };
            if world.fault(Target::Sandboxes).is_some() {
                let longest = world.dice.of(&[100, 600, 8_000]);
                let at = world.now + world.dice.between(0, longest);
                world.plan(at, kill(false));
            }
            world.plan(end, kill(true));
            world.now
        };
        let (body, request) = (Arc::clone(&job.body), job.request.clone());
        let handler = Arc::clone(&sandbox);
        let deadline = Deadline::from_context((now + TIMEOUT).try_into().unwrap());
        let future =
            Box::pin(async move { handler.handle(body.as_bytes(), deadline, &request).await });
        self.tasks.insert(
            id,
            Task {
                future,
                sandbox,
                job,
            },
        );
        self.woken.lock().unwrap().push(id);
    }

    fn finish(&mut self, job: Job, result: Option<Result<Response, Error>>) {
        if let Some(next) = self.waiting.pop_front() {
            self.invoke(next);
        }
        if job.attempt == 0 {
            return self.settle(&job, result);
        }
        if matches!(result, Some(Ok(_))) {
            return;
        }
        let mut world = self.shared.world();
        let now = world.now;
        let pause = match job.attempt {
            1 => world.dice.between(55 * SECOND, 65 * SECOND),
            2 => world.dice.between(115 * SECOND, 125 * SECOND),
            _ => {
                drop(world);
                return self.give_up(&job, now);
            }
        };
        let attempt = job.attempt + 1;
        world.plan(now + pause, Platform::Invoke(Job { attempt, ..job }));
    }

    /// To the on-failure destination.
    fn give_up(&mut self, job: &Job, now: Ms) {
        self.parcels += 1;
        let payload: Value = serde_json::from_str(&job.body).unwrap();
        let at = Timestamp::from_millisecond(now).unwrap().to_string();
        let record = json!({"version": "1.0", "timestamp": at, "requestContext": {"requestId": job.request,
            "condition": "RetriesExhausted", "approximateInvokeCount": 3}, "requestPayload": payload});
        self.queue.push(Parcel {
            id: format!("parcel-{}", self.parcels),
            body: record.to_string(),
            sent: now,
            visible: now,
        });
        let mut world = self.shared.world();
        let at = now + world.dice.between(10, 2_000);
        world.plan(at, Platform::Poll);
    }

    fn poll_queue(&mut self) {
        let now = self.shared.world().now;
        if now < self.history.queue_from {
            let at = self.history.queue_from;
            return self.shared.world().plan(at, Platform::Poll);
        }
        let running = self.tasks.values().filter(|task| task.job.attempt == 0);
        if running.count() >= AT_A_TIME {
            self.shared.world().plan(now + SECOND, Platform::Poll);
            return;
        }
        let visible = |parcel: &&mut Parcel| parcel.visible <= now;
        let most = self.shared.world().dice.of(&[1, 3, BATCH, BATCH]);
        let mut records = Vec::new();
        let mut parcels = Vec::new();
        let mut world = self.shared.world();
        for parcel in self.queue.iter_mut().filter(visible).take(most) {
            records.push(
                json!({"eventSource": "aws:sqs", "messageId": parcel.id, "body": parcel.body,
                "attributes": {"SentTimestamp": parcel.sent.to_string()}}),
            );
            parcels.push(parcel.id.clone());
            // A standard queue may hand a message out twice.
            if world.dice.percent(self.history.twice) {
                let at = now + world.dice.between(0, 2_000);
                world.plan(at, Platform::Poll);
            } else {
                parcel.visible = now + HIDDEN;
                world.plan(now + HIDDEN + 20, Platform::Poll);
            }
        }
        if self.queue.iter().any(|parcel| parcel.visible <= now) {
            world.plan(now + SECOND, Platform::Poll);
        }
        drop(world);
        if records.is_empty() {
            return;
        }
        let job = Job {
            request: format!("poll-{}", self.started),
            body: json!({"Records": records}).to_string().into(),
            attempt: 0,
            parcels,
        };
        self.invoke(job);
    }

    /// Takes off the queue what its batch does not name as failed.
    fn settle(&mut self, job: &Job, result: Option<Result<Response, Error>>) {
        let failed: Vec<String> = match result {
            Some(Ok(Response::Batch { failures })) => {
                failures.into_iter().map(|item| item.receipt).collect()
            }
            Some(Ok(Response::Delivered)) => Vec::new(),
            Some(Err(_)) | None => return,
        };
        self.queue
            .retain(|parcel| failed.contains(&parcel.id) || !job.parcels.contains(&parcel.id));
    }
}
