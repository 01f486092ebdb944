//! The confirmation of an alarm: what CloudWatch itself says of it. The message that begins a remediation is a claim,
//! which any publisher of the topic can make.

use jiff::Timestamp;
use picket_shared::alarm::{Alarm, Metric, State};

use crate::{
    guards::CLOCK_SKEW_SECONDS,
    model::{Home, StoredAlarm},
    refusal::Refusal,
};

/// The alarm as CloudWatch has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// It could not be read, for this reason.
    Unreachable(String),
    /// The alarm; `None` where no metric alarm has this name.
    Read(Option<StoredAlarm>),
}

/// Refuses an alarm that CloudWatch does not have as the message says: the same ARN, in ALARM, by the same change of
/// state, over the same metrics with the same dimensions.
pub(crate) fn confirmed(
    alarm: &Alarm,
    confirmation: &Confirmation,
    home: &Home,
) -> Result<(), Refusal> {
    let stored = match confirmation {
        Confirmation::Unreachable(reason) => return Err(Refusal::Unreachable(reason.clone())),
        Confirmation::Read(None) => return Err(Refusal::NoSuchAlarm(alarm.arn.clone())),
        Confirmation::Read(Some(stored)) => stored,
    };
    if stored.arn != alarm.arn {
        return Err(Refusal::NoSuchAlarm(alarm.arn.clone()));
    }
    if stored.state != State::Alarm {
        return Err(Refusal::NotInAlarm {
            alarm: alarm.arn.clone(),
            state: stored.state,
        });
    }
    if series(&stored.metrics, home) != series(alarm.watches.metrics(), home) {
        return Err(Refusal::OtherMetric(alarm.arn.clone()));
    }
    if !is_same_change(stored.changed_at, alarm.changed_at) {
        return Err(Refusal::OtherChange {
            alarm: alarm.arn.clone(),
            claimed: alarm.changed_at,
            stored: stored.changed_at,
        });
    }
    Ok(())
}

/// Whether the times that CloudWatch and a message have are of one change of state.
pub(crate) fn is_same_change(stored: Timestamp, claimed: Timestamp) -> bool {
    stored.duration_since(claimed).as_secs().abs() <= CLOCK_SKEW_SECONDS
}

/// A metric's account, where it is not the remediator's, namespace, name and dimensions.
type Series<'a> = (Option<&'a str>, &'a str, &'a str, Vec<&'a (String, String)>);

/// The metrics in a form that can be compared. The order of metrics and dimensions has no meaning, and CloudWatch may
/// name the alarm's own account or not.
fn series<'a>(metrics: &'a [Metric], home: &Home) -> Vec<Series<'a>> {
    let mut series: Vec<_> = metrics
        .iter()
        .map(|metric| {
            let mut dimensions: Vec<_> = metric.dimensions.iter().collect();
            dimensions.sort_unstable();
            let account = metric
                .account
                .as_deref()
                .filter(|account| *account != home.account);
            (
                account,
                metric.namespace.as_str(),
                metric.name.as_str(),
                dimensions,
            )
        })
        .collect();
    series.sort_unstable();
    series
}

#[cfg(test)]
mod tests;
