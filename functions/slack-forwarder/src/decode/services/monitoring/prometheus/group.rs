//! A group of alerts: what its messages share, and its state.

use picket_shared::alarm::State;

use super::Alert;
use crate::decode::lenient::Node;

/// What the messages of a group share: its key in a webhook's message; in that of a template, which has no key, the
/// receiver and the labels by which alerts are grouped.
pub(super) fn key(document: Node<'_>) -> Option<String> {
    document.text("groupKey").or_else(|| {
        let mut labels = document.pairs("groupLabels");
        labels.sort();
        let labels = labels
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"));
        let labels = labels.collect::<Vec<_>>().join(",");
        let receiver = document.text("receiver").unwrap_or_default();
        (!labels.is_empty()).then(|| format!("alertmanager/{receiver}/{{{labels}}}"))
    })
}

/// A group is sent again while it lasts, and with each alert that joins or leaves it. `None` where a template leaves out
/// the times, by which a repetition and an end are known.
pub(super) fn condition(alerts: &[Alert]) -> Option<State> {
    let is_timed = |alert: &Alert| alert.since.is_some() && alert.until.is_some();
    let fires = alerts.iter().any(|alert| alert.is_firing);
    let state = if fires { State::Alarm } else { State::Ok };
    alerts.iter().all(is_timed).then_some(state)
}
