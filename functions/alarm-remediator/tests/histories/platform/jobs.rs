//! Invocations that run side by side, are cut off, retried and redriven.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use alarm_remediator::{config::Config, handler::Handler, invocation::Invocation};
use picket_rules::playbooks::Mode;

use super::{Due, Platform};
use crate::services::Services;

/// How long an invocation may run (`Timeout` in the template).
const TIMEOUT: i64 = 60;
/// The tries of an event: Lambda's first and two retries.
const TRIES: u32 = 3;

#[derive(Clone)]
pub(super) struct Event {
    id: String,
    pub(super) body: Vec<u8>,
    tries: u32,
}

pub(super) struct Job {
    event: Event,
    started: i64,
    run: Pin<Box<dyn Future<Output = bool>>>,
}

impl Platform {
    pub(super) fn deliver(&mut self, at: i64, body: Vec<u8>) {
        let id = format!("r{}", self.sequence);
        let event = Event { id, body, tries: 0 };
        self.at(at, Due::Deliver(event));
    }

    pub(super) fn start(&mut self, event: Event) {
        let (started, skew) = {
            let mut world = self.world.lock().unwrap();
            let skew = if world.dice.percent(10) {
                world.dice.between(-30, 30)
            } else {
                0
            };
            (world.now, skew)
        };
        self.started += 1;
        let services = Services {
            world: Arc::clone(&self.world),
            skew,
            invocation: self.started,
            request: event.id.clone(),
            started_at: started,
        };
        let (body, id) = (event.body.clone(), event.id.clone());
        let playbooks = self.playbooks.clone();
        let run = Box::pin(async move {
            let invocation = Invocation {
                request_id: id,
                function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:remediator".into(),
            };
            let handler = Handler::new(config(), services.clone(), services);
            let handler = handler.with_playbooks(playbooks);
            Box::pin(handler.handle(&body, &invocation)).await.is_ok()
        });
        self.jobs.push(Job {
            event,
            started,
            run,
        });
    }

    pub(super) fn poll_one(&mut self) {
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
        resources: alarm_remediator::resources::Resources::default(),
        documents: Vec::new(),
    }
}
