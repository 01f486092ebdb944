//! Lambda, SNS and EventBridge Scheduler: invocations that run side by side, are cut off, retried and redriven, and
//! notifications that are late, doubled, out of order or forged.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex},
    task::{Context, Poll, Waker},
};

use alarm_remediator::{config::Config, handler::Handler, invocation::Invocation};
use picket_rules::playbooks::{self, Mode, Playbooks};
use picket_shared::fleet::Outcome;
use serde_json::{Value, json};

use crate::{
    services::{Services, arn},
    world::{PLAYBOOKS, START, What, World, function_number, time},
};

/// How long an invocation may run (`Timeout` in the template).
const TIMEOUT: i64 = 60;
/// The tries of an event: Lambda's first and two retries.
const TRIES: u32 = 3;
/// The time that is lived through before everything heals.
const HOURS: i64 = 30;

/// The time in which everything must have ended after it healed: longer than a change is followed.
const QUIET: i64 = 9 * 86_400;

/// What is to happen.
enum Due {
    /// An alarm changes its state.
    Flip(usize),
    /// A notification arrives.
    Deliver(Event),
    /// The kill switch is turned.
    Turn,
    /// A person sets a reservation.
    Set(usize, u32),
    /// People decide on plans that they have read of.
    Decide,
    /// A message arrives that is not CloudWatch's.
    Forge,
}

#[derive(Clone)]
struct Event {
    id: String,
    body: Vec<u8>,
    tries: u32,
}

struct Job {
    event: Event,
    started: i64,
    run: Pin<Box<dyn Future<Output = bool>>>,
}

pub(crate) struct Platform {
    pub(crate) world: Arc<Mutex<World>>,
    due: BTreeMap<(i64, u64), Due>,
    jobs: Vec<Job>,
    failed: Vec<Event>,
    decided: usize,
    sequence: u64,
}

impl Platform {
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let alarms = world.alarms.len();
        let mut platform = Self {
            world: Arc::new(Mutex::new(World::new(seed))),
            due: BTreeMap::new(),
            jobs: Vec::new(),
            failed: Vec::new(),
            decided: 0,
            sequence: 0,
        };
        let end = START + HOURS * 3_600;
        // A calm, a usual and a stormy day.
        let flips = world.dice.of(&[4, 14, 30]);
        for _ in 0..flips {
            let alarm = world.dice.below(alarms);
            let at = world.dice.between(START, end);
            let until = at + world.dice.of(&[120, 900, 2_400, 7_200]);
            platform.at(at, Due::Flip(alarm));
            platform.at(until, Due::Flip(alarm));
            // The other alarm on the same function, and a person who reacts at once.
            if alarm == 0 && world.dice.percent(50) {
                platform.at(at + world.dice.between(0, 2), Due::Flip(alarms - 1));
                platform.at(until, Due::Flip(alarms - 1));
            }
            if world.dice.percent(20) {
                let function = world.alarms[alarm].function;
                let to = world.dice.of(&[5, 12, 30, 60]);
                let soon = world.dice.between(1, 40);
                platform.at(at + soon, Due::Set(function, to));
            }
        }
        if world.dice.percent(20) {
            let at = world.dice.between(START, end);
            for alarm in 0..alarms {
                let later = world.dice.between(0, 240);
                platform.at(at + later, Due::Flip(alarm));
            }
        }
        for _ in 0..world.dice.below(4) {
            let at = world.dice.between(START, end);
            platform.at(at, Due::Turn);
            platform.at(at + world.dice.between(60, 9_000), Due::Turn);
        }
        for _ in 0..world.dice.below(8) {
            let at = world.dice.between(START, end);
            let function = world.dice.below(crate::world::KINDS.len());
            let to = world.dice.of(&[5, 12, 30, 60]);
            platform.at(at, Due::Set(function, to));
        }
        for _ in 0..world.dice.below(12) {
            let at = world.dice.between(START, end);
            platform.at(at, Due::Forge);
        }
        let mut at = START;
        while at < end {
            at += world.dice.between(60, 2_400);
            platform.at(at, Due::Decide);
        }
        platform
    }

    fn at(&mut self, at: i64, due: Due) {
        self.sequence += 1;
        self.due.insert((at, self.sequence), due);
    }

    fn deliver(&mut self, at: i64, body: Vec<u8>) {
        let id = format!("r{}", self.sequence);
        let event = Event { id, body, tries: 0 };
        self.at(at, Due::Deliver(event));
    }

    /// Plays the days, heals everything, and lets what is left take its course.
    pub(crate) fn run(&mut self) {
        let end = START + (HOURS + 3) * 3_600;
        while self.now() < end && self.step() {}
        self.heal();
        // A revert needs the healthy time; a hold, that and another.
        let end = self.now() + QUIET;
        while self.now() < end && self.step() {}
    }

    fn heal(&mut self) {
        {
            let mut world = self.world.lock().unwrap();
            world.faults = false;
            if !world.switch {
                world.switch = true;
                world.log(What::Switch(true));
            }
            for alarm in 0..world.alarms.len() {
                world.set_alarm(alarm, false);
            }
        }
        let now = self.now();
        for event in std::mem::take(&mut self.failed) {
            self.deliver(now + 1, event.body);
        }
    }

    fn now(&self) -> i64 {
        self.world.lock().unwrap().now
    }

    /// One step; false when nothing is left.
    fn step(&mut self) -> bool {
        let (poll, pass) = {
            let mut world = self.world.lock().unwrap();
            (world.dice.percent(85), world.dice.between(0, 3))
        };
        if !self.jobs.is_empty() && poll {
            self.world.lock().unwrap().now += pass;
            self.poll_one();
            return true;
        }
        self.due_schedule();
        let next = self.due.first_key_value().map(|((at, _), _)| *at);
        let scheduled = self
            .world
            .lock()
            .unwrap()
            .schedules
            .first()
            .map(|(at, ..)| *at);
        let next = match (next, scheduled) {
            (None, None) if self.jobs.is_empty() => return false,
            (None, None) => return true,
            (left, right) => left.into_iter().chain(right).min().unwrap(),
        };
        let now = self.now();
        if next > now {
            // Invocations in flight are not left behind.
            if self.jobs.is_empty() {
                self.world.lock().unwrap().now = next;
            } else {
                self.poll_one();
            }
            return true;
        }
        if let Some(entry) = self.due.first_entry()
            && entry.key().0 <= now
        {
            let due = entry.remove();
            self.happen(due);
        }
        true
    }

    /// Schedules that are due invoke the function, now and then twice, and are gone.
    fn due_schedule(&mut self) {
        let now = self.now();
        let mut due = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            while let Some(first) = world.schedules.first().cloned() {
                if first.0 > now {
                    break;
                }
                world.schedules.remove(&first);
                let copies = if world.dice.percent(5) { 2 } else { 1 };
                for _ in 0..copies {
                    let late = world.dice.between(0, 50);
                    due.push((now + late, first.clone()));
                }
            }
        }
        for (at, (_, target, entry)) in due {
            let body = json!({
                "picket": {"kind": "follow-up", "version": 1},
                "target": target,
                "entry": entry,
            });
            self.deliver(at, serde_json::to_vec(&body).unwrap());
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Flip(alarm) => self.flip(alarm),
            Due::Deliver(event) => self.start(event),
            Due::Turn => {
                let mut world = self.world.lock().unwrap();
                world.switch = !world.switch;
                let switch = world.switch;
                world.log(What::Switch(switch));
            }
            Due::Set(function, to) => {
                let mut world = self.world.lock().unwrap();
                world.reserved[function] = to;
                world.log(What::Person(function, to));
            }
            Due::Decide => self.decide(),
            Due::Forge => {
                let (now, body) = {
                    let mut world = self.world.lock().unwrap();
                    (world.now, forged(&mut world))
                };
                self.deliver(now, body);
            }
        }
    }

    fn flip(&mut self, alarm: usize) {
        let mut copies = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            let (now, in_alarm) = (world.now, !world.alarms[alarm].in_alarm);
            world.set_alarm(alarm, in_alarm);
            let state = if in_alarm { "ALARM" } else { "OK" };
            let (name, function) = (
                world.alarms[alarm].name.clone(),
                world.alarms[alarm].function,
            );
            let body = notification(&name, state, now, &format!("f{function}"));
            for _ in 0..world.dice.of(&[1, 1, 2, 3]) {
                let late = world.dice.of(&[1, 2, 5, 30, 700, 1_200]);
                copies.push((now + late, body.clone()));
            }
        }
        for (at, body) in copies {
            self.deliver(at, body);
        }
    }

    /// People read the messages about plans, and approve or decline most of them.
    fn decide(&mut self) {
        let mut decisions = Vec::new();
        {
            let mut world = self.world.lock().unwrap();
            let unread: Vec<_> = world.messages[self.decided..]
                .iter()
                .filter(|message| message.outcome == Outcome::AwaitingApproval)
                .map(|message| (message.target.clone(), plan_in(&message.text)))
                .collect();
            self.decided = world.messages.len();
            for (target, plan) in unread {
                let decision = world.dice.of(&["approve", "approve", "decline", ""]);
                if decision.is_empty() {
                    continue;
                }
                if decision == "approve" {
                    let function = function_number(&target.unwrap());
                    world.log(What::Approved(function));
                }
                let body = json!({
                    "picket": {"kind": "approval", "version": 1},
                    "plan": plan,
                    "decision": decision,
                    "by": "ana",
                });
                let copies = world.dice.of(&[1, 1, 2]);
                decisions.push((world.now, copies, serde_json::to_vec(&body).unwrap()));
            }
        }
        for (now, copies, body) in decisions {
            for copy in 0..copies {
                self.deliver(now + copy, body.clone());
            }
        }
    }

    fn start(&mut self, event: Event) {
        let (started, skew) = {
            let mut world = self.world.lock().unwrap();
            let skew = if world.dice.percent(10) {
                world.dice.between(-30, 30)
            } else {
                0
            };
            (world.now, skew)
        };
        let services = Services {
            world: Arc::clone(&self.world),
            skew,
        };
        let (body, id) = (event.body.clone(), event.id.clone());
        let run = Box::pin(async move {
            let invocation = Invocation {
                request_id: id,
                function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:remediator".into(),
            };
            let handler = Handler::new(config(), services.clone(), services);
            let handler = handler.with_playbooks(playbooks());
            Box::pin(handler.handle(&body, &invocation)).await.is_ok()
        });
        self.jobs.push(Job {
            event,
            started,
            run,
        });
    }

    fn poll_one(&mut self) {
        let (index, killed) = {
            let mut world = self.world.lock().unwrap();
            let index = world.dice.below(self.jobs.len());
            let late = world.now - self.jobs[index].started > TIMEOUT;
            let killed = world.faults && world.dice.below(1_000) < 3;
            (index, late || killed)
        };
        let ended = if killed {
            Some(false)
        } else {
            let mut context = Context::from_waker(Waker::noop());
            match self.jobs[index].run.as_mut().poll(&mut context) {
                Poll::Ready(ok) => Some(ok),
                Poll::Pending => None,
            }
        };
        let Some(ok) = ended else { return };
        let mut event = self.jobs.swap_remove(index).event;
        if ok {
            return;
        }
        event.tries += 1;
        if event.tries >= TRIES {
            self.failed.push(event);
            return;
        }
        let later = self.now() + if event.tries == 1 { 60 } else { 120 };
        self.at(later, Due::Deliver(event));
    }
}

/// The id after the command that approves.
fn plan_in(text: &str) -> String {
    let (_, after) = text.split_once("remediation approve ").unwrap();
    after.split(' ').next().unwrap().to_owned()
}

/// The playbooks, parsed once.
fn playbooks() -> Playbooks {
    static PARSED: LazyLock<Playbooks> =
        LazyLock::new(|| playbooks::parse("playbooks.yaml", PLAYBOOKS).unwrap());
    PARSED.clone()
}

fn config() -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        remediation_table: "table".into(),
        info_topic_arn: "topic".into(),
        mode: Mode::Act,
        kill_switch_parameter: "switch".into(),
        follow_up_group: "group".into(),
        follow_up_role_arn: "role".into(),
        failure_queue_arn: "queue".into(),
        override_bucket: Some("bucket".into()),
        documents: Vec::new(),
    }
}

fn notification(name: &str, state: &str, changed_at: i64, function: &str) -> Vec<u8> {
    let alarm = json!({
        "AlarmName": name,
        "AlarmArn": arn(name),
        "NewStateValue": state,
        "StateChangeTime": time(changed_at).to_string(),
        "Trigger": {
            "MetricName": "Throttles",
            "Namespace": "AWS/Lambda",
            "Dimensions": [{"name": "FunctionName", "value": function}],
        },
    });
    in_topic(&alarm)
}

fn in_topic(alarm: &Value) -> Vec<u8> {
    let record = json!({"Sns": {"MessageId": "m", "Message": alarm.to_string()}});
    serde_json::to_vec(&json!({"Records": [record]})).unwrap()
}

/// A message that is not CloudWatch's: an alarm that is not in ALARM, one that is, but over another function, one that
/// does not exist, one of the future.
fn forged(world: &mut World) -> Vec<u8> {
    let now = world.now;
    let in_alarm: Vec<_> = world
        .alarms
        .iter()
        .enumerate()
        .filter(|(_, alarm)| alarm.in_alarm)
        .map(|(index, _)| index)
        .collect();
    let any = world.dice.below(world.alarms.len());
    let other = format!("f{}", world.dice.below(4));
    let alarm = if in_alarm.is_empty() {
        any
    } else {
        world.dice.of(&in_alarm)
    };
    let (name, changed_at) = (
        world.alarms[alarm].name.clone(),
        world.alarms[alarm].changed_at,
    );
    let own = format!("f{}", world.alarms[any].function);
    match world.dice.below(5) {
        0 => notification(&world.alarms[any].name, "ALARM", now, &own),
        1 | 2 => notification(&name, "ALARM", changed_at, &other),
        3 => notification("act-unknown", "ALARM", now, &other),
        _ => notification(&world.alarms[any].name, "ALARM", now + 86_400, &own),
    }
}
