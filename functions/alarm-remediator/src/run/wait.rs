//! A plan that waits for a person's decision.

use jiff::{SignedDuration, Timestamp};
use picket_shared::{clock::Clock, fleet::Outcome};

use super::{Handled, Run};
use crate::{
    audit::{Entry, Key},
    change::Change,
    error::{Error, logged},
    model::Candidate,
    plan::Plan,
    ports::Ports,
    record::{Stage, Timing},
    refusal::Refusal,
};

/// A plan that waits, and its row.
struct Waiting {
    id: String,
    expires_at: Timestamp,
    entry: Entry,
}

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Posts a plan that waits for a person's decision. `before` is the row of the plan whose place it takes.
    pub(super) async fn wait_for_approval(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        change: Box<Change>,
        before: Option<Entry>,
    ) -> Result<Handled, Error> {
        let plan = self.waiting(candidate, key, change);
        let prepared = async {
            self.ports
                .write_plan(&plan.id, key, plan.expires_at)
                .await?;
            self.schedule(key, plan.expires_at).await
        };
        if let Err(fault) = prepared.await {
            let refusal = Refusal::Unreachable(logged(&fault));
            return self.not_prepared(candidate, key, refusal, before).await;
        }
        match before {
            Some(before) => self.replace_plan(key, before, plan).await,
            None => self.open_entry(candidate.alarm, key, plan.entry).await,
        }
    }

    fn waiting(&self, candidate: &Candidate<'_>, key: &Key, change: Box<Change>) -> Waiting {
        let now = self.clock.now();
        let expires = SignedDuration::try_from(candidate.playbook.expires).unwrap_or_default();
        let expires_at = now.saturating_add(expires).unwrap_or(Timestamp::MAX);
        let id = key.plan_id(&change.write, now);
        let stage = Stage::Waiting {
            plan: id.clone(),
            expires_at,
        };
        let stage = (stage, Timing::of(candidate.playbook));
        let mut entry = self.entry(candidate.alarm, &Plan::Await(change), Some(stage), now);
        entry.message.text = format!(
            "{} It waits for approval until {expires_at:.0}: picket remediation approve {id} --stack {}",
            entry.message.text, self.config.stack
        );
        entry.message.plan = Some(id.clone());
        Waiting {
            id,
            expires_at,
            entry,
        }
    }

    /// Writes a plan over the row of the one whose place it takes. The row keeps its message, and the new plan's is one
    /// more step.
    async fn replace_plan(
        &self,
        key: &Key,
        before: Entry,
        plan: Waiting,
    ) -> Result<Handled, Error> {
        let Waiting { id, entry, .. } = plan;
        let text = entry.message.text;
        let mut entry = Entry {
            version: before.version,
            owner: before.owner,
            message: before.message.clone(),
            announced: before.announced,
            ..entry
        };
        if let Err(source) = self.replace(key, &mut entry).await {
            let alarm = before.message.alarm_name;
            return Err(Error::Audit { alarm, source });
        }
        let step = format!("plan-{id}");
        self.announce_step(&before.message, &step, Outcome::AwaitingApproval, text)
            .await
    }
}
