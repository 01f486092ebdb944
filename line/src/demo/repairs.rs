//! The second act: repairs that are made, verified and reverted, and those that are not made.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
};

use super::{
    drill::Drill,
    settings::Setting,
    steps::Steps,
    throttled::{self, RESERVED},
};
use crate::line::{Line, OVERRIDES};

/// The playbooks in act mode.
const PLAYBOOKS: &str = include_str!("playbooks.yaml");
/// The interval of looking at a setting.
const POLL_EVERY: Duration = Duration::from_millis(100);
/// The reservation that a person sets who knows more.
const BY_HAND: u16 = 45;

/// Puts the demo's playbooks in force, in this mode.
pub(super) async fn put_playbooks(line: &Line, mode: &str) -> Result<()> {
    let key = format!("{}/playbooks.yaml", line.stack());
    let text = PLAYBOOKS.replace("mode: act", &format!("mode: {mode}"));
    let s3 = line.clients.s3();
    let put = s3.put_object().bucket(OVERRIDES).key(&key);
    put.body(text.into_bytes().into())
        .send()
        .await
        .with_context(|| format!("the object {key} cannot be put"))?;
    Ok(())
}

/// Sets the kill switch.
async fn switch(line: &Line, value: &str) -> Result<()> {
    let name = line.outputs.get("RemediationSwitch")?;
    line.clients
        .ssm()
        .put_parameter()
        .name(name)
        .value(value)
        .overwrite(true)
        .send()
        .await
        .with_context(|| format!("the kill switch {name} cannot be set"))?;
    Ok(())
}

/// Plays the act on a deployed line, after the first.
pub(super) async fn play(line: &Line, steps: &mut Steps<SystemClock>) -> Result<()> {
    line.note("Second act: the remediator may act");
    put_playbooks(line, "act").await?;
    switch(line, "on").await?;
    let mapping = Setting::mapping(line).await?;
    let model = Setting::model(line).await?;
    for (name, setting, names) in [
        (
            "reservation",
            Setting::Reservation,
            [
                "Reservation raised",
                "Reservation verified",
                "Reservation put back",
            ],
        ),
        (
            "consumer",
            mapping,
            ["Mapping paused", "Pause verified", "Mapping resumed"],
        ),
        (
            "model",
            model,
            ["Fallback model set", "Fallback verified", "Model put back"],
        ),
    ] {
        let mut scene = Scene::create(line, name, setting).await?;
        let [repaired, verified, reverted] = names;
        steps.see(repaired, scene.repaired()).await;
        steps.see(verified, scene.verified()).await;
        steps.see(reverted, scene.reverted()).await;
    }
    let mut kept = Scene::create(line, "kept", Setting::Reservation).await?;
    steps.see("Value of a person kept", kept.kept()).await;
    throttled::reserve(&line.clients, RESERVED).await?;
    let mut escalated = Scene::create(line, "escalated", Setting::Reservation).await?;
    steps
        .see(
            "Repair that does not help is escalated",
            escalated.escalated(),
        )
        .await;
    throttled::reserve(&line.clients, RESERVED).await?;

    let mut forged = Scene::create(line, "forged", Setting::Reservation).await?;
    steps
        .see("Forged alarm changes nothing", forged.forged())
        .await;
    switch(line, "off").await?;
    let mut stopped = Scene::create(line, "stopped", Setting::Reservation).await?;
    steps
        .see("Kill switch stops repairs", stopped.stopped())
        .await;
    Ok(())
}

/// An alarm, and the setting that its playbook changes.
struct Scene<'a> {
    line: &'a Line,
    drill: Drill<'a>,
    setting: Setting,
}

impl<'a> Scene<'a> {
    async fn create(line: &'a Line, name: &str, setting: Setting) -> Result<Self> {
        let drill = Drill::create(line, &format!("{name}-repair"), setting.watched()).await?;
        Ok(Self {
            line,
            drill,
            setting,
        })
    }

    /// The alarm fires, the setting is changed, and the alarm clears.
    async fn repaired(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        self.drill.enter(State::Ok).await?;
        let (from, to) = self.setting.values();
        let seen = self.drill.reply("Repair done", "").await?;
        Ok(format!("{from} to {to}; {seen}"))
    }

    /// The follow-up finds the alarm OK.
    async fn verified(&self) -> Result<String> {
        self.drill.reply("Repair verified", "").await
    }

    /// The alarm stays OK, and the value from before is set.
    async fn reverted(&self) -> Result<String> {
        let (from, to) = self.setting.values();
        let seen = self.drill.reply("Repair reverted", "").await?;
        self.is(from).await?;
        Ok(format!("{to} to {from}; {seen}"))
    }

    /// A person changes the value after the repair: it is kept.
    async fn kept(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        throttled::reserve(&self.line.clients, BY_HAND).await?;
        self.drill.enter(State::Ok).await?;
        let seen = self.drill.reply("Repair not reverted", "").await?;
        self.is(&BY_HAND.to_string()).await?;
        Ok(format!("{BY_HAND} stays; {seen}"))
    }

    /// The alarm stays in ALARM after the repair: a person is notified.
    async fn escalated(&mut self) -> Result<String> {
        self.fire().await?;
        self.changed().await?;
        let seen = self
            .drill
            .reply("Repair did not help", "reply_broadcast")
            .await?;
        self.drill.enter(State::Ok).await?;
        Ok(format!("in the channel too; {seen}"))
    }

    /// A message says ALARM, and CloudWatch does not: nothing is changed.
    async fn forged(&mut self) -> Result<String> {
        self.setting
            .report(&self.line.clients, SystemClock.now())
            .await?;
        self.drill.enter(State::Ok).await?;
        self.drill.forge(State::Alarm).await?;
        self.refused("not in ALARM").await
    }

    /// The kill switch is off: nothing is changed.
    async fn stopped(&mut self) -> Result<String> {
        self.fire().await?;
        self.refused("kill switch").await
    }

    async fn fire(&mut self) -> Result<()> {
        self.setting
            .report(&self.line.clients, SystemClock.now())
            .await?;
        self.drill.enter(State::Alarm).await
    }

    /// Waits until the setting has the value of the repair.
    async fn changed(&self) -> Result<()> {
        let (_, to) = self.setting.values();
        while self.setting.value(&self.line.clients).await? != to {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demos_playbooks_are_valid_in_both_modes() {
        for mode in ["act", "observe"] {
            let text = PLAYBOOKS.replace("mode: act", &format!("mode: {mode}"));
            let read = picket_rules::playbooks::parse("line/src/demo/playbooks.yaml", &text);
            assert!(read.is_ok(), "{read:?}");
            assert!(text.contains(&format!("mode: {mode}")));
        }
    }
}
