//! When an event counts for a rule, and whether it is a duplicate.

use picket_rules::filter::{Event, Field};

use super::{Counter, Origin, is_blank};
use crate::{
    deduplication::DedupScope,
    event_time::Period,
    rules::{RuleRef, TimingKey},
};

/// The result of a timing key for the current event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum EventTiming {
    #[default]
    Unread,
    /// The event is a duplicate.
    Never,
    In(Period),
}

impl Counter<'_> {
    /// Returns the period that the event counts in for a rule; `None` where it does not match, or is a duplicate.
    pub(super) fn period(
        &mut self,
        rule_ref: RuleRef,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Option<Period> {
        if !self.current.matches.contains(rule_ref.pattern) {
            return None;
        }
        self.current.tally.matched = 1;
        match self.current.timings[rule_ref.timing] {
            EventTiming::In(period) => return Some(period),
            EventTiming::Never => return None,
            EventTiming::Unread => {}
        }
        let rule_set = self.rule_set;
        let TimingKey {
            timestamp,
            event_id,
        } = &rule_set.index.timings[rule_ref.timing];
        let repeats = event_id.as_ref().is_some_and(|by| self.repeats(by, event));
        if repeats {
            self.current.timings[rule_ref.timing] = EventTiming::Never;
            return None;
        }
        let period = self.when(timestamp.as_ref(), event, origin);
        self.current.timings[rule_ref.timing] = EventTiming::In(period);
        Some(period)
    }

    pub(super) fn when(
        &mut self,
        field: Option<&Field>,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Period {
        let Origin {
            happened_at,
            arrived_at,
            ..
        } = origin;
        let period = self.periods.period(field, event, happened_at, arrived_at);
        let replaced = &mut self.current.tally.timestamps_replaced;
        *replaced = (*replaced).max(u64::from(period.replaced));
        period
    }

    /// Whether the event is a duplicate by its id; records a new id.
    fn repeats(&mut self, (field, scope): &(Field, DedupScope), event: &Event<'_>) -> bool {
        // An empty id is none: otherwise events without one would be duplicates of each other.
        let Some(text) = field.text(event).filter(|text| !is_blank(text)) else {
            return false;
        };
        let id = scope.hash(&text);
        let repeats = self.counted.contains(&id) || self.state.contains(id);
        let current = &mut self.current;
        if repeats {
            current.tally.repeated = 1;
        } else if !current.new_ids.contains(&id) {
            current.new_ids.push(id);
        }
        repeats
    }

    /// Records the minute of an event for a rule with a default value: the minute in which it counts, or would count if
    /// it matched. A duplicate counts in none.
    pub(super) fn note_minute(
        &mut self,
        rule: (usize, usize),
        rule_ref: RuleRef,
        counts_in: Option<Period>,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) {
        let matches = self.current.matches.contains(rule_ref.pattern);
        if matches && counts_in.is_none() {
            return;
        }
        let Origin {
            happened_at,
            arrived_at,
            ..
        } = origin;
        let timestamp = self.rule_set.index.timings[rule_ref.timing]
            .timestamp
            .as_ref();
        let period = counts_in.unwrap_or_else(|| {
            let periods = &mut self.periods;
            periods.period(timestamp, event, happened_at, arrived_at)
        });
        self.totals.note_minute(rule, period.minute, matches);
    }
}
