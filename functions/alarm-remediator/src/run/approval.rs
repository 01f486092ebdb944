//! A person's decision on a plan that waits.

use picket_rules::playbooks;
use picket_shared::{clock::Clock, fleet::Outcome};

use super::{Handled, Run, noted};
use crate::{
    audit::{Entry, Key},
    confirmation::Confirmation,
    error::{Error, logged},
    input::Decision,
    message::alarm_of,
    model::Candidate,
    plan::Plan,
    ports::Ports,
    record::{Ending, Stage},
    refusal::Refusal,
};

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Approves or declines the plan with this id. `by` is who the caller says that they are; who may call is IAM's.
    pub(crate) async fn decide(
        &self,
        plan: &str,
        decision: Decision,
        by: &str,
    ) -> Result<Handled, Error> {
        let key = self.ports.plan_key(plan).await;
        let unread = |source| Error::Audit {
            alarm: plan.to_owned(),
            source,
        };
        let key = key.map_err(unread)?;
        let Some(key) = key else {
            return Ok(noted(plan, format!("no plan {plan} waits for a decision")));
        };
        let leased = self.take_lease(&key.target, plan).await?;
        leased.map_err(unread)?;
        let result = self.decide_leased(plan, &key, decision, by).await;
        self.release_lease(&key.target).await;
        result
    }

    async fn decide_leased(
        &self,
        plan: &str,
        key: &Key,
        decision: Decision,
        by: &str,
    ) -> Result<Handled, Error> {
        let Some(entry) = self.row(key, self.followed_since()).await? else {
            return Ok(noted(plan, format!("no plan {plan} waits for a decision")));
        };
        let waits = entry.record.as_ref().map(|record| &record.stage);
        let alarm = entry.message.alarm_name.clone();
        match waits {
            Some(Stage::Waiting {
                plan: waiting,
                expires_at,
            }) if waiting == plan => {
                if *expires_at <= self.clock.now() {
                    let text = format!("The plan expired at {expires_at:.0}: nothing was done");
                    return self.end_plan(key, entry, Ending::Expired, text).await;
                }
            }
            Some(_) | None => {
                let reason = format!(
                    "the plan {plan} does not wait for a decision: it was decided, it expired, or another plan took its place"
                );
                return Ok(noted(&alarm, reason));
            }
        }
        match decision {
            Decision::Decline => {
                let text = format!("{by} declined the plan: nothing was done");
                self.end_plan(key, entry, Ending::Declined, text).await
            }
            Decision::Approve => {
                let mut entry = entry;
                if let Some(record) = &mut entry.record {
                    record.approved_by = Some(by.to_owned());
                }
                self.approve(key, entry).await
            }
        }
    }

    /// Makes the plan again, from the facts of now, and carries it out where it is the same.
    async fn approve(&self, key: &Key, entry: Entry) -> Result<Handled, Error> {
        let name = &entry.message.alarm_name;
        let confirmation = self.confirmation(name).await;
        let alarm = match &confirmation {
            Confirmation::Read(Some(stored)) => alarm_of(stored, &entry.message, self.scope.home),
            Confirmation::Read(None) | Confirmation::Unreachable(_) => {
                let reason = format!("the alarm {name} could not be read: nothing was done");
                return Ok(noted(name, reason));
            }
        };
        let planned_by = entry.message.playbook.as_deref();
        let mut playbooks = self.scope.playbooks.all().iter();
        let playbook = playbooks.find(|playbook| Some(playbook.name.as_str()) == planned_by);
        let Some(playbook) = playbook else {
            let text = "The plan's playbook does not exist any more: nothing was done".to_owned();
            return self.end_plan(key, entry, Ending::Refused, text).await;
        };
        let candidate = Candidate {
            playbook,
            alarm: &alarm,
            target: key.target.clone(),
        };
        let (plan, history) = self.planned(&candidate, Some(&confirmation)).await;
        let write = entry.record.as_ref().map(|record| record.write.clone());
        match (plan, history) {
            (Plan::Await(change) | Plan::Act(change), Some(history)) => {
                if write.is_some_and(|write| change.write.is_same(&write)) {
                    self.act(&candidate, key, change, history, Some(entry))
                        .await
                } else {
                    self.wait_for_approval(&candidate, key, change, Some(entry))
                        .await
                }
            }
            (Plan::Refuse(refused), _) => {
                let text = format!("Nothing was done: {}", refused.refusal);
                self.end_plan(key, entry, Ending::Refused, text).await
            }
            (Plan::Diagnose(diagnosis), _) => {
                let text = format!("Nothing was done: {}", diagnosis.finding);
                self.end_plan(key, entry, Ending::Refused, text).await
            }
            (Plan::Propose(_), _) => {
                let refusal = match self.config.mode {
                    playbooks::Mode::Observe => Refusal::StackObserves,
                    playbooks::Mode::Approve | playbooks::Mode::Act => {
                        Refusal::PlaybookObserves(playbook.name.clone())
                    }
                };
                let text = format!("Nothing was done: {refusal}");
                self.end_plan(key, entry, Ending::Refused, text).await
            }
            // No change is planned without the history that its limits are held to.
            (Plan::Await(_) | Plan::Act(_), None) => {
                let refusal = Refusal::Unreachable("the changes that were made before".to_owned());
                let text = format!("Nothing was done: {refusal}");
                self.end_plan(key, entry, Ending::Refused, text).await
            }
        }
    }

    /// Ends a plan that waited.
    async fn end_plan(
        &self,
        key: &Key,
        mut entry: Entry,
        ending: Ending,
        text: String,
    ) -> Result<Handled, Error> {
        let outcome = match ending {
            Ending::Declined => Outcome::Declined,
            Ending::Expired => Outcome::Expired,
            Ending::Refused
            | Ending::NotMade
            | Ending::Superseded
            | Ending::Reverted
            | Ending::Kept
            | Ending::Final
            | Ending::GivenUp => Outcome::Refused,
        };
        let step = outcome.to_string();
        let handled = self
            .announce_step(&entry.message, &step, outcome, text)
            .await?;
        if let Some(record) = &mut entry.record {
            record.stage = Stage::Ended(ending);
        }
        if let Err(fault) = self.replace(key, &mut entry).await {
            tracing::error!(reason = logged(&fault), "the plan's row was not written");
        }
        Ok(handled)
    }
}
