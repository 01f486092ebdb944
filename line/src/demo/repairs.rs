//! The second act: repairs that are made, verified and reverted, and those that are not made.

use anyhow::{Context, Result};
use picket_shared::clock::SystemClock;

use super::{
    scene::Scene,
    settings::{Healthy, Setting},
    steps::Steps,
    throttled::{self, RESERVED},
};
use crate::line::{Line, OVERRIDES};

/// The playbooks in act mode.
const PLAYBOOKS: &str = include_str!("playbooks.yaml");

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
    let healthy = Healthy::create(line).await?;
    let mapping = Setting::mapping(line).await?;
    let model = Setting::model(line).await?;
    let ceiling = Setting::ceiling(line).await?;
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
        (
            "table",
            ceiling,
            [
                "On-demand maximum raised",
                "Maximum verified",
                "Maximum put back",
            ],
        ),
    ] {
        let mut scene = Scene::create(line, name, setting).await?;
        let [repaired, verified, reverted] = names;
        steps.see(repaired, scene.repaired()).await;
        steps.see(verified, scene.verified()).await;
        steps.see(reverted, scene.reverted()).await;
    }
    let alias = Setting::alias(line, healthy).await?;
    let mut deployment = Scene::create(line, "deployment", alias).await?;
    steps
        .see("Bad version rolled back", deployment.rolled_back())
        .await;
    steps.see("Rollback verified", deployment.verified()).await;
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
