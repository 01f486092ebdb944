//! An alarm that stays in ALARM, and whose cause may pass. CloudWatch notifies once, so that it is planned for again by
//! follow-ups, until the alarm is over, a plan is made or a day has passed.

use jiff::{SignedDuration, Timestamp};
use picket_shared::{clock::Clock, fleet::Outcome};

use super::{Handled, Run, noted};
use crate::{
    audit::{Entry, Key},
    confirmation::{Confirmation, confirmed},
    error::{Error, logged},
    guards::PLANNED_FOR,
    message::{alarm_of, message},
    model::Candidate,
    plan::Plan,
    ports::Ports,
};

/// How long after a plan the next one is made: a function's errors of [`crate::actions::function::WINDOW_MINUTES`] are
/// gone by then, if they ended.
const AGAIN_IN: SignedDuration = SignedDuration::from_mins(30);

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Opens the row of a finding that may pass, and schedules the next plan. Without the schedule, it is a finding like
    /// any other.
    pub(super) async fn open_again(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        plan: Plan,
    ) -> Result<Handled, Error> {
        let now = self.clock.now();
        let mut entry = self.entry(candidate.alarm, &plan, None, now);
        let (next, until) = (
            later(now, AGAIN_IN),
            later(candidate.alarm.changed_at, PLANNED_FOR),
        );
        if next > until {
            return self.open_entry(candidate.alarm, key, entry).await;
        }
        match self.schedule(key, next).await {
            Ok(()) => {
                entry.again_until = Some(until);
                entry.message.text += ". It is planned for again every half hour, for a day";
            }
            Err(fault) => {
                tracing::error!(
                    reason = logged(&fault),
                    "the alarm is not planned for again"
                );
            }
        }
        self.open_entry(candidate.alarm, key, entry).await
    }

    /// Plans again for the alarm of a row, from the facts of now.
    pub(super) async fn plan_again(
        &self,
        key: &Key,
        mut entry: Entry,
        until: Timestamp,
    ) -> Result<Handled, Error> {
        if !entry.announced {
            self.announce(key, &mut entry).await?;
        }
        let name = entry.message.alarm_name.clone();
        let confirmation = self.confirmation(&name).await;
        let stored = match &confirmation {
            Confirmation::Unreachable(_) => return self.later_again(key, &name, until).await,
            Confirmation::Read(None) => {
                return Ok(noted(&name, "the alarm does not exist any more"));
            }
            Confirmation::Read(Some(stored)) => stored,
        };
        let alarm = alarm_of(stored, &entry.message, self.scope.home);
        if let Err(over) = confirmed(&alarm, &confirmation, self.scope.home) {
            return Ok(noted(&name, over.to_string()));
        }
        let planned_by = entry.message.playbook.as_deref();
        let mut playbooks = self.scope.playbooks.all().iter();
        let Some(playbook) = playbooks.find(|playbook| Some(playbook.name.as_str()) == planned_by)
        else {
            return Ok(noted(&name, "the playbook does not exist any more"));
        };
        let candidate = Candidate {
            playbook,
            alarm: &alarm,
            target: key.target.clone(),
        };
        let (plan, history) = self.planned(&candidate, Some(&confirmation)).await;
        match (plan, history) {
            (Plan::Act(change), Some(history)) => {
                self.act(&candidate, key, change, history, Some(entry))
                    .await
            }
            (Plan::Await(change), _) => {
                self.wait_for_approval(&candidate, key, change, Some(entry))
                    .await
            }
            (Plan::Propose(change), _) => {
                let proposed = message(&self.config.stack, &alarm, &Plan::Propose(change));
                self.announce_step(&entry.message, "planned", Outcome::Planned, proposed.text)
                    .await
            }
            (Plan::Diagnose(_) | Plan::Refuse(_) | Plan::Act(_), _) => {
                self.later_again(key, &name, until).await
            }
        }
    }

    /// Schedules the next plan, unless a day has passed.
    pub(super) async fn later_again(
        &self,
        key: &Key,
        alarm: &str,
        until: Timestamp,
    ) -> Result<Handled, Error> {
        let next = later(self.clock.now(), AGAIN_IN);
        if next > until {
            return Ok(noted(
                alarm,
                "a day has passed: it is not planned for again",
            ));
        }
        self.again(key, next).await?;
        Ok(noted(
            alarm,
            format!("it is planned for again at {next:.0}"),
        ))
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
