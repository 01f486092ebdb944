//! Whether an alarm that flaps is left alone until it lasts.

use super::{Oracle, Promise, clock};
use crate::{
    events,
    history::{Kind, MINUTE, Sink},
    reader::Act,
    truth::NEAR,
};

impl Oracle<'_> {
    /// What begins after three others in half an hour has no message of its own before it has lasted for half an hour.
    pub(super) fn is_damped(&mut self, alarm: usize, sink: &'static Sink) {
        let history = self.history;
        let appends = matches!(sink.kind, Kind::Webhook | Kind::Email);
        // An OK that is not confirmed at once comes later than it says.
        let is_disturbed =
            !history.outages.is_empty() || !history.silences.is_empty() || history.stale > 0;
        if !appends || is_disturbed || !history.comes_in_order(alarm) {
            return;
        }
        let changes = &history.alarms[alarm].changes;
        let mut wrong = Vec::new();
        for place in history.damped(alarm) {
            let at = changes[place].at;
            let early = self.at_sink(sink, alarm).find(|(entry, said)| {
                let is_own = matches!(entry.act, Act::Post(..) | Act::Mail) && !said.is_line;
                is_own && said.change == Some(place) && entry.at < at + NEAR - MINUTE
            });
            if let Some((entry, _)) = early {
                let name = events::name(alarm);
                let what = format!(
                    "change {place} of {name}, which flaps, is sent to {} at {}",
                    sink.id,
                    clock(entry.at)
                );
                wrong.push(what);
            }
        }
        for what in wrong {
            self.wrong(Promise::Damped, what);
        }
    }
}
