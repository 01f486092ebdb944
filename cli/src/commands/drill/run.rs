//! One alarm's drill: into ALARM, arrived everywhere, back to OK, cleared everywhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use picket_shared::{alarm::State, clock::Clock};
use slack_forwarder::delivery_log::Row;

use super::{
    REASON,
    alarm::Alarm,
    answer::{Drilled, SinkTimes, Verdict},
    plan::Expected,
    ports::{CountSubscriptions, ReadDeliveries, Refusal, SetAlarmState},
};

/// The interval between two reads of the Alerts table. A sink has a message within seconds.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// Attempts to put the alarm back, a second apart: an alarm left in ALARM is a false incident.
const BACK: usize = 5;
/// The reason with which the alarm is put back.
const OVER: &str = "The drill is over (picket drill).";

/// Runs drills.
#[derive(Debug)]
pub(super) struct Runner<'a, A, C> {
    pub(super) aws: &'a A,
    pub(super) clock: &'a C,
    /// How long each change may take to every sink.
    pub(super) within: SignedDuration,
    /// Wait no longer, and put the alarm back.
    pub(super) stop: &'a AtomicBool,
}

/// When each sink had the change, by its name.
type Arrivals = BTreeMap<String, SignedDuration>;

impl<A, C> Runner<'_, A, C>
where
    A: SetAlarmState + ReadDeliveries + CountSubscriptions + Sync,
    C: Clock,
{
    /// Drills one alarm. Whatever happens after it was put into ALARM, it is put into OK again.
    pub(super) async fn drill(&self, alarm: &Alarm, expected: &Expected) -> Drilled {
        let mut drilled = Drilled::new(&alarm.name);
        if let Err(refusal) = self.changes(alarm, expected, &mut drilled).await {
            drilled.fail(refusal);
        }
        if alarm.ok_actions.is_empty() {
            drilled.fail("it has no action for OK: its incident stays open".to_owned());
        }
        drilled
    }

    async fn changes(
        &self,
        alarm: &Alarm,
        expected: &Expected,
        drilled: &mut Drilled,
    ) -> Result<(), Refusal> {
        self.subscribed(expected, drilled).await?;
        let before = self.aws.read_deliveries(&alarm.arn).await?;
        let before = last_changes(&before);
        let alarmed = self.aws.set_alarm_state(&alarm.name, State::Alarm, REASON);
        alarmed.await?;
        let arrived = self
            .wait(&alarm.arn, &expected.sinks, State::Alarm, &before)
            .await;
        self.put_back(&alarm.name).await?;
        let arrived = arrived?;
        let cleared = if alarm.ok_actions.is_empty() {
            Arrivals::default()
        } else {
            // A sink that never had the ALARM has nothing to clear.
            let sinks = arrived.keys().cloned().collect();
            self.wait(&alarm.arn, &sinks, State::Ok, &before).await?
        };
        for sink in &expected.sinks {
            drilled.sinks.push(SinkTimes {
                sink: sink.clone(),
                arrived: arrived.get(sink).copied(),
                cleared: cleared.get(sink).copied(),
            });
        }
        drilled.verdict = Verdict::of(&drilled.sinks, drilled.verdict);
        Ok(())
    }

    async fn subscribed(&self, expected: &Expected, drilled: &mut Drilled) -> Result<(), Refusal> {
        for topic in &expected.others {
            if self.aws.count_subscriptions(topic).await? == 0 {
                drilled.fail(format!("{topic} has no confirmed subscription"));
            }
            drilled.unconfirmed.push(topic.clone());
        }
        drilled.digest.extend(expected.digest.iter().cloned());
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    async fn put_back(&self, alarm: &str) -> Result<(), Refusal> {
        let set = async || self.aws.set_alarm_state(alarm, State::Ok, OVER).await;
        for _ in 1..BACK {
            if set().await.is_ok() {
                return Ok(());
            }
            self.clock.sleep(POLL_EVERY).await;
        }
        set().await.map_err(|refusal| {
            format!(
                "it is still in ALARM: {refusal}; run: aws cloudwatch set-alarm-state --alarm-name {alarm:?} \
                 --state-value OK --state-reason {OVER:?}"
            )
        })
    }

    /// Waits until each sink has entered a state since `before`; returns those that did.
    async fn wait(
        &self,
        arn: &str,
        sinks: &BTreeSet<String>,
        state: State,
        before: &BTreeMap<String, Timestamp>,
    ) -> Result<Arrivals, Refusal> {
        let mut arrivals = Arrivals::default();
        if sinks.is_empty() {
            return Ok(arrivals);
        }
        let from = self.clock.now();
        loop {
            let waited = self.clock.now().duration_since(from);
            let rows = self.aws.read_deliveries(arn).await?;
            let entered = |sink: &&String| {
                let row = rows.get(*sink);
                row.is_some_and(|row| has_entered(row, state, before.get(*sink).copied()))
            };
            for sink in sinks.iter().filter(entered) {
                arrivals.entry(sink.clone()).or_insert(waited);
            }
            if arrivals.len() == sinks.len() || waited >= self.within || self.is_stopped() {
                return Ok(arrivals);
            }
            self.clock.sleep(POLL_EVERY).await;
        }
    }
}

/// Whether the row shows a change to `state` after the last change before the drill: the ALARM, or the OK after it.
fn has_entered(row: &Row, state: State, before: Option<Timestamp>) -> bool {
    let alarm = row.history.entered_after(State::Alarm, before);
    match state {
        State::Ok => {
            alarm.is_some_and(|at| row.history.entered_after(State::Ok, Some(at)).is_some())
        }
        _ => alarm.is_some(),
    }
}

/// The time of the newest change that each sink had.
fn last_changes(rows: &BTreeMap<String, Row>) -> BTreeMap<String, Timestamp> {
    rows.iter()
        .filter_map(|(sink, row)| Some((sink.clone(), row.history.last_change()?)))
        .collect()
}
