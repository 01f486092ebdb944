//! A composite alarm names no resource: the alarms behind it that are in ALARM do.

use std::collections::BTreeSet;

use picket_shared::{
    alarm::{Alarm, State, name_in_arn},
    clock::Clock,
};

use super::{Handled, Run, noted};
use crate::{
    confirmation::{Confirmation, is_same_change},
    error::{Error, logged},
    message::alarm_from,
    ports::Ports,
    refusal::Refusal,
};

/// The most alarms that are looked at behind a composite alarm: CloudWatch allows 100 children.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>
const MOST_CHILDREN: usize = 100;

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Handles the metric alarms behind a composite alarm that CloudWatch has in ALARM, and whose actions neither a
    /// suppressor nor a mute rule holds back.
    pub(crate) async fn composite(&self, alarm: &Alarm) -> Result<Vec<Handled>, Error> {
        if alarm.state != State::Alarm {
            let reason = format!("the alarm is {}", alarm.state.as_str());
            return Ok(vec![noted(&alarm.name, reason)]);
        }
        let held_back = match (&alarm.actions_suppressed_by, &alarm.muted_by) {
            (Some(suppressor), _) => Some(Refusal::Suppressed(suppressor.clone())),
            (None, Some(rule)) => Some(Refusal::Muted(rule.clone())),
            (None, None) => None,
        };
        if let Some(refusal) = held_back {
            return Ok(vec![noted(&alarm.name, refusal.to_string())]);
        }
        let children = match self.children(alarm).await {
            Ok(children) => children,
            Err(reason) => return Ok(vec![noted(&alarm.name, reason)]),
        };
        let mut handled = Vec::new();
        for child in &children {
            handled.push(self.alarm(child, alarm.changed_at).await?);
        }
        if handled.is_empty() {
            let reason = "no metric alarm in its rule is in ALARM";
            handled.push(noted(&alarm.name, reason));
        }
        Ok(handled)
    }

    /// The metric alarms in ALARM behind a composite alarm, through the composite alarms below it.
    async fn children(&self, alarm: &Alarm) -> Result<Vec<Alarm>, String> {
        let mut open = vec![alarm.name.clone()];
        let mut seen = BTreeSet::from([alarm.name.clone()]);
        let mut found = Vec::new();
        while let Some(name) = open.pop() {
            let composite = self.ports.composite(&name).await;
            let composite = composite.map_err(|fault| logged(&fault))?;
            let Some(composite) = composite.filter(|alarm| alarm.state == State::Alarm) else {
                continue;
            };
            if name == alarm.name && !is_same_change(composite.changed_at, alarm.changed_at) {
                let refusal = Refusal::OtherChange {
                    alarm: name,
                    claimed: alarm.changed_at,
                    stored: composite.changed_at,
                };
                return Err(refusal.to_string());
            }
            if let Some(suppressor) = composite.suppressed_by {
                return Err(format!(
                    "the actions of {name} are suppressed ({suppressor})"
                ));
            }
            let mutes = self.ports.mutes(&name).await;
            if let Some(rule) = mutes.map_err(|fault| logged(&fault))?.first() {
                return Err(format!("the actions of {name} are muted ({rule})"));
            }
            for child in composite.children {
                if !seen.insert(child.clone()) {
                    continue;
                }
                if seen.len() > MOST_CHILDREN {
                    return Err(format!("more than {MOST_CHILDREN} alarms are behind it"));
                }
                match self.confirmation(&child).await {
                    Confirmation::Read(Some(stored)) if stored.state == State::Alarm => {
                        let name = name_in_arn(&stored.arn).unwrap_or_default().to_owned();
                        found.push(alarm_from(&stored, &name, self.scope.home));
                    }
                    Confirmation::Read(Some(_)) => {}
                    Confirmation::Read(None) => open.push(child),
                    Confirmation::Unreachable(reason) => return Err(reason),
                }
            }
        }
        Ok(found)
    }
}
