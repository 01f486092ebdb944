use std::{fmt::Display, future::Future, time::Duration};

use anyhow::{Error, Result};
use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use picket_shared::clock::Clock;

use super::{StepSummary, Summary};
use crate::journal::{Journal, LineEvent};

/// A step whose result did not arrive by then has failed. The slowest is the deployment, which takes ten seconds on two
/// idle cores, and more than two minutes beside several builds.
const PATIENCE: Duration = Duration::from_mins(5);

/// The steps of a run: each begins, then has its result or misses it, and is written into the journal.
pub(super) struct Steps<C> {
    journal: Journal,
    clock: C,
    done: Vec<StepSummary>,
}

impl<C: Clock> Steps<C> {
    pub(super) fn new(journal: Journal, clock: C) -> Self {
        Self {
            journal,
            clock,
            done: vec![],
        }
    }

    /// A step without which nothing else makes sense: a miss is an error.
    pub(super) fn must<'a, T: Send + 'a>(
        &'a mut self,
        step: &'a str,
        work: impl Future<Output = Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T>> {
        let work = work.boxed();
        async move {
            let started = self.begin(step);
            match self.bounded(work).await {
                Ok(value) => {
                    self.seen(step, started, "done");
                    Ok(value)
                }
                Err(error) => {
                    self.missed(step, started, &error);
                    Err(error)
                }
            }
        }
        .boxed()
    }

    /// A step that returns its result.
    pub(super) fn see<'a, T: Display + Send + 'a>(
        &'a mut self,
        step: &'a str,
        work: impl Future<Output = Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, ()> {
        let work = work.boxed();
        async move {
            let started = self.begin(step);
            match self.bounded(work).await {
                Ok(seen) => self.seen(step, started, &seen.to_string()),
                Err(error) => self.missed(step, started, &error),
            }
        }
        .boxed()
    }

    /// The result of all steps.
    pub(super) fn summary(&self) -> Summary {
        Summary {
            complete: self.done.iter().all(|step| step.seen.is_some()),
            seconds: self.done.iter().map(|step| step.seconds).sum(),
            steps: self.done.clone(),
        }
    }

    async fn bounded<T>(&self, work: BoxFuture<'_, Result<T>>) -> Result<T> {
        tokio::select! {
            result = work => result,
            () = self.clock.sleep(PATIENCE) => {
                let seconds = PATIENCE.as_secs();
                Err(Error::msg(format!("nothing came within {seconds} seconds; is the machine busy? Try it again")))
            }
        }
    }

    fn begin(&self, step: &str) -> Timestamp {
        let now = self.clock.now();
        self.journal.write(
            now,
            LineEvent::StepBegan {
                step: step.to_owned(),
            },
        );
        now
    }

    fn seen(&mut self, step: &str, started: Timestamp, seen: &str) {
        let seconds = self.seconds_since(started);
        let event = LineEvent::StepSeen {
            step: step.to_owned(),
            seen: seen.to_owned(),
            seconds,
        };
        self.finish(
            event,
            StepSummary {
                step: step.to_owned(),
                seen: Some(seen.to_owned()),
                missed: None,
                seconds,
            },
        );
    }

    fn missed(&mut self, step: &str, started: Timestamp, error: &Error) {
        let (reason, seconds) = (format!("{error:#}"), self.seconds_since(started));
        let event = LineEvent::StepMissed {
            step: step.to_owned(),
            reason: reason.clone(),
        };
        self.finish(
            event,
            StepSummary {
                step: step.to_owned(),
                seen: None,
                missed: Some(reason),
                seconds,
            },
        );
    }

    fn finish(&mut self, event: LineEvent, summary: StepSummary) {
        self.journal.write(self.clock.now(), event);
        self.done.push(summary);
    }

    fn seconds_since(&self, started: Timestamp) -> f64 {
        self.clock.now().duration_since(started).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Impatient;

    impl Clock for Impatient {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        async fn sleep(&self, _: Duration) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_run_is_complete_only_if_every_step_was_seen() {
        let mut steps = Steps::new(Journal::default(), Impatient);
        steps.see("one", async { Ok("it") }).await;
        assert!(steps.summary().complete);
        steps
            .see("two", std::future::pending::<Result<String>>())
            .await;
        let summary = steps.summary();
        assert!(!summary.complete);
        assert_eq!(summary.steps[0].seen.as_deref(), Some("it"));
        assert_eq!(
            summary.steps[1].missed.as_deref(),
            Some("nothing came within 300 seconds; is the machine busy? Try it again")
        );
    }

    #[tokio::test]
    async fn a_step_that_must_be_is_an_error_when_missed() {
        let mut steps = Steps::new(Journal::default(), Impatient);
        let result: Result<()> = steps.must("deploy", async { Err(Error::msg("no")) }).await;
        assert_eq!(result.unwrap_err().to_string(), "no");
        assert_eq!(steps.summary().steps[0].missed.as_deref(), Some("no"));
    }
}
