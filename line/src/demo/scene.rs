//! A scene of the second act: an alarm, and what becomes of the setting that its playbook changes.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use jiff::SignedDuration;
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
};

use super::{
    drill::{Drill, now},
    settings::Setting,
    throttled,
};
use crate::line::Line;

/// The interval of looking at a setting.
const POLL_EVERY: Duration = Duration::from_millis(100);
/// The reservation that a person sets who knows more.
const BY_HAND: u16 = 45;

/// An alarm, and the setting that its playbook changes.
pub(super) struct Scene<'a> {
    line: &'a Line,
    drill: Drill<'a>,
    setting: Setting,
}

impl<'a> Scene<'a> {
    pub(super) async fn create(line: &'a Line, name: &str, setting: Setting) -> Result<Self> {
        let drill = Drill::create(line, &format!("{name}-repair"), setting.watched()).await?;
        Ok(Self {
            line,
            drill,
            setting,
        })
    }

    /// The alarm fires, the setting is changed, and the alarm clears.
    pub(super) async fn repaired(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        self.clear().await?;
        let (from, to) = self.setting.values();
        let seen = self.drill.reply("Repair done", "").await?;
        Ok(format!("{from} to {to}; {seen}"))
    }

    /// The alias is set to the version before, with its `RevisionId` as the lock: a deployment in between would make
    /// Lambda refuse it. The alarm's states are set by hand: the errors are of a version of this minute, which CloudWatch
    /// evaluates in the next.
    pub(super) async fn rolled_back(&mut self) -> Result<String> {
        self.setting.report(&self.line.clients, now()?).await?;
        self.drill.enter(State::Alarm).await?;
        self.changed().await?;
        self.drill.enter(State::Ok).await?;
        let (from, to) = self.setting.values();
        let seen = self.drill.reply("Repair done", "RevisionId").await?;
        Ok(format!("{from} to {to}; {seen}"))
    }

    /// The follow-up finds the alarm OK.
    pub(super) async fn verified(&self) -> Result<String> {
        self.drill.reply("Repair verified", "").await
    }

    /// The alarm stays OK, and the value from before is set.
    pub(super) async fn reverted(&self) -> Result<String> {
        let (from, to) = self.setting.values();
        let seen = self.drill.reply("Repair reverted", "").await?;
        self.is(from).await?;
        Ok(format!("{to} to {from}; {seen}"))
    }

    /// A person changes the value after the repair: it is kept.
    pub(super) async fn kept(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        throttled::reserve(&self.line.clients, BY_HAND).await?;
        self.clear().await?;
        let seen = self.drill.reply("Repair not reverted", "").await?;
        self.is(&BY_HAND.to_string()).await?;
        Ok(format!("{BY_HAND} stays; {seen}"))
    }

    /// The alarm stays in ALARM after the repair: a person is notified.
    pub(super) async fn escalated(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        let seen = self
            .drill
            .reply("Repair needs a person", "reply_broadcast")
            .await?;
        self.clear().await?;
        Ok(format!("in the channel too; {seen}"))
    }

    /// A message says ALARM, and CloudWatch does not: nothing is changed.
    pub(super) async fn forged(&mut self) -> Result<String> {
        self.setting.report(&self.line.clients, now()?).await?;
        self.clear().await?;
        self.drill.forge(State::Alarm).await?;
        self.refused("not in ALARM").await
    }

    /// The kill switch is off: nothing is changed.
    pub(super) async fn stopped(&mut self) -> Result<String> {
        self.fire().await?;
        self.refused("kill switch").await
    }

    /// The cause is in the metric, and the alarm is evaluated over it.
    async fn fire(&mut self) -> Result<()> {
        let now = now()?;
        self.setting.report(&self.line.clients, now).await?;
        let a_minute_ago = now - SignedDuration::from_mins(1);
        self.drill.evaluate(State::Alarm, a_minute_ago).await
    }

    /// The next minute of the metric has no trace of the cause, and the alarm is evaluated over it.
    async fn clear(&mut self) -> Result<()> {
        let now = now()?;
        self.setting
            .report_recovered(&self.line.clients, now)
            .await?;
        self.drill.evaluate(State::Ok, now).await
    }

    /// Waits until the setting has the value of the repair.
    async fn changed(&self) -> Result<()> {
        let (_, to) = self.setting.values();
        while self.setting.value(&self.line.clients).await? != to {
            if let Some(reason) = self.drill.refusal() {
                bail!("{reason}");
            }
            SystemClock.sleep(POLL_EVERY).await;
        }
        Ok(())
    }

    async fn refused(&self, reason: &str) -> Result<String> {
        let (from, _) = self.setting.values();
        let seen = self.drill.reply("Repair refused", reason).await?;
        self.is(from).await?;
        Ok(format!("{from} stays; {seen}"))
    }

    async fn is(&self, expected: &str) -> Result<()> {
        let value = self.setting.value(&self.line.clients).await?;
        ensure!(value == expected, "the value is {value}, not {expected}");
        Ok(())
    }
}
