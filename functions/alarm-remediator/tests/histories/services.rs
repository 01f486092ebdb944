//! The services that the remediator calls, with the refusals that AWS documents, lost answers, and a switch to another
//! invocation at every call.

mod cloudwatch;
mod lambda;
mod runs;
mod settings;
mod store;
mod streams;
mod tables;

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
    time::Duration,
};

pub(crate) use store::{COMPLETE, PUBLISH};

use alarm_remediator::{audit::ConditionalPut, reads::ReadTags};
use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::clock::Clock;

use crate::{
    kinds::{OWNERS, Owner, number_in},
    world::{What, World, time},
};

/// What an invocation sees of the world: its own clock differs.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) skew: i64,
    /// The number of the invocation, the id of its request, and when it was started.
    pub(crate) invocation: usize,
    pub(crate) request: String,
    pub(crate) started_at: i64,
}

/// Pending once, so that another invocation may run.
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Services {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// A call: it takes its turn, and fails now and then before it is carried out.
    async fn call(&self, name: &'static str) -> Result<MutexGuard<'_, World>, Fault> {
        Turn(false).await;
        let mut world = self.world();
        if world.faults && world.dice.percent(2) {
            world.log(What::Failed(self.invocation, name));
            return Err(Fault::transient(format!("{name} does not answer")));
        }
        Ok(world)
    }
}

/// The answer of a call that was carried out: now and then it is lost.
fn answered<T>(mut world: MutexGuard<'_, World>, answer: T) -> Result<T, Fault> {
    if world.faults && world.dice.percent(2) {
        return Err(Fault::transient("the answer was lost"));
    }
    Ok(answer)
}

fn put(written: bool) -> ConditionalPut {
    if written {
        ConditionalPut::Written
    } else {
        ConditionalPut::Rejected
    }
}

/// The ARN of an alarm of an account.
pub(crate) fn arn(account: &str, alarm: &str) -> String {
    format!("arn:aws:cloudwatch:eu-west-1:{account}:alarm:{alarm}")
}

/// The id of the plan in a message, after the command that approves it.
pub(crate) fn plan_in(text: &str) -> &str {
    let (_, after) = text.split_once("remediation approve ").unwrap();
    after.split(' ').next().unwrap()
}

impl Clock for Services {
    fn now(&self) -> Timestamp {
        time(self.world().now + self.skew)
    }

    async fn sleep(&self, _: Duration) {}
}

impl ReadTags for Services {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        drop(self.call("ListTags").await?);
        let own = ("aws:cloudformation:stack-name", "picket-dev");
        let allowed = ("picket:remediate", "true");
        let tags: &[_] = match OWNERS[number_in(arn).unwrap()] {
            Owner::Act | Owner::Ask | Owner::Watch => &[allowed],
            Owner::Untagged => &[],
            Owner::Own => &[allowed, own],
        };
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Ok(tags.iter().map(owned).collect())
    }
}
