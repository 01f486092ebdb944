//! Whether an ALARM is shown where its topics lead, and nowhere else.

use super::{Oracle, Promise};
use crate::{
    events,
    history::{Carrier, Sink, State},
};

impl Oracle<'_> {
    pub(super) fn is_routed(&mut self, alarm: usize, sink: &'static Sink) {
        let history = self.history;
        let alarms = self
            .at_sink(sink, alarm)
            .filter(|(_, said)| said.state == State::Alarm);
        let changes: Vec<usize> = alarms.filter_map(|(_, said)| said.change).collect();
        for change in changes {
            if history.arrived(alarm, change, sink).is_some() {
                continue;
            }
            let has_no_topic = |carrier| !matches!(carrier, Carrier::Topic(_));
            if history
                .copies(alarm, change)
                .any(|copy| has_no_topic(copy.carrier))
            {
                self.excuse(
                    "an ALARM at a sink of another severity",
                    "a copy without a topic came first",
                );
            } else {
                let name = events::name(alarm);
                let what = format!(
                    "change {change} of {name} is at {}, where no topic leads",
                    sink.id
                );
                self.wrong(Promise::Routed, what);
            }
        }
    }
}
