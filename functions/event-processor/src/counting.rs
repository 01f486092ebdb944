//! The counter of events: each is evaluated by every rule and added to the totals.

mod requests;
mod tally;
mod timing;
mod totals;
mod usage;

use hashbrown::HashSet;
use jiff::{SignedDuration, Timestamp};
use picket_rules::{
    cloudwatch_limits::is_value,
    filter::{Event, Field, Matches},
    metrics::{self, MetricRule, MetricValue},
};
use picket_shared::fleet::FleetMessage;

use self::{requests::PricedRequest, timing::EventTiming, totals::Value};
pub use self::{
    tally::Tally,
    totals::{Datum, Totals},
    usage::BadUsage,
};
use crate::{
    deduplication::ShardState,
    event_time::{Arrival, Period, PeriodCache, Window, minute},
    payload::IncompleteUsage,
    rules::{MetricSlot, RuleSet},
};

/// The counter of a run of events.
#[derive(Debug)]
pub struct Counter<'c> {
    rule_set: &'c RuleSet,
    state: &'c ShardState,
    window: Window,
    periods: PeriodCache,
    /// The totals.
    pub totals: Totals,
    /// Hashes of the ids of counted events, in order.
    pub event_ids: Vec<u64>,
    /// The same, as a set.
    counted: HashSet<u64>,
    current: CurrentEvent,
}

/// Results for the current event, each computed once however many rules need it.
#[derive(Debug, Default)]
struct CurrentEvent {
    matches: Matches,
    /// By timing key: when the event counts, if it does.
    timings: Vec<EventTiming>,
    /// Hashes of its ids that are new.
    new_ids: Vec<u64>,
    tally: Tally,
    requests: Vec<PricedRequest>,
}

/// The properties of an event besides its payload.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// When its record arrived.
    pub arrived_at: Arrival,
    /// The time that its transport reports, if any; a rule's `Timestamp` takes precedence.
    pub happened_at: Option<Timestamp>,
    /// The source that reports it.
    pub source: metrics::Source,
    /// The parts that its token usage lacks, where it has usage in another spelling than the rules'.
    pub incomplete: Option<IncompleteUsage>,
    /// The stream's region.
    pub region: &'a str,
}

impl<'c> Counter<'c> {
    /// Creates an empty counter. Events whose ids `state` holds are duplicates.
    pub fn new(rule_set: &'c RuleSet, state: &'c ShardState, window: Window) -> Self {
        Self {
            rule_set,
            state,
            window,
            periods: PeriodCache::new(window),
            totals: Totals::default(),
            event_ids: Vec::new(),
            counted: HashSet::new(),
            current: CurrentEvent::default(),
        }
    }

    /// Counts an event by every rule. After an error the event counts for no rule, so that a replay counts nothing
    /// twice.
    pub fn count(&mut self, event: &Event<'_>, origin: Origin<'_>) -> Result<Tally, BadUsage> {
        self.begin(event);
        self.usage(event, origin)?;
        let is_heartbeat = self.heartbeat(event, origin);
        let rule_set = self.rule_set;
        let workloads = rule_set.workloads.iter().zip(&rule_set.index.workloads);
        for (number, (workload, index)) in workloads.enumerate() {
            if rule_set.takes(workload, origin.source) {
                let rules = workload.rules.iter().zip(&index.rules);
                for (rule_number, (rule, (rule_ref, slots))) in rules.enumerate() {
                    let period = self.period(*rule_ref, event, origin);
                    if let Some(period) = period {
                        self.rule(rule, slots, event, period);
                    }
                    if rule_ref.has_default && !is_heartbeat {
                        self.note_minute((number, rule_number), *rule_ref, period, event, origin);
                    }
                }
            }
        }
        Ok(self.end())
    }

    fn begin(&mut self, event: &Event<'_>) {
        let (index, current) = (&self.rule_set.index, &mut self.current);
        index.patterns.matches(event, &mut current.matches);
        current.timings.clear();
        current
            .timings
            .resize(index.timings.len(), EventTiming::Unread);
        current.new_ids.clear();
        current.requests.clear();
        current.tally = Tally::default();
        self.totals.next_event();
    }

    fn end(&mut self) -> Tally {
        let current = &mut self.current;
        self.counted.extend(&current.new_ids);
        self.event_ids.append(&mut current.new_ids);
        let tally = &mut current.tally;
        tally.read = 1;
        tally.unmatched = 1 - tally.matched;
        *tally
    }

    fn rule(&mut self, rule: &MetricRule, slots: &[MetricSlot], event: &Event<'_>, period: Period) {
        for (metric, slot) in rule.transformations.iter().zip(slots) {
            let value = match &metric.value {
                MetricValue::Constant(value) => Some(*value),
                MetricValue::Field(field) => self.value(field, event),
            };
            if let Some(value) = value {
                self.add(*slot, event, period.minute, Value::Number(value));
            }
        }
    }

    /// Returns the value to add; `None` where the field is absent, or is not a number that CloudWatch accepts, which is
    /// counted.
    fn value(&mut self, field: &Field, event: &Event<'_>) -> Option<f64> {
        if field.is_absent(event) {
            return None;
        }
        let number = field.number(event).filter(|value| is_value(*value));
        if number.is_none() && field.text(event).is_some() {
            self.current.tally.values_refused += 1;
        }
        number
    }

    /// Counts a heartbeat of this stack; another stack's counts nothing. Returns whether the event is a heartbeat, which
    /// a log line never is.
    fn heartbeat(&mut self, event: &Event<'_>, origin: Origin<'_>) -> bool {
        if origin.source == metrics::Source::LogLines {
            return false;
        }
        let message = event.json.and_then(FleetMessage::read);
        let Some(Ok(FleetMessage::Heartbeat(heartbeat))) = message else {
            return false;
        };
        if heartbeat.stack == self.rule_set.stack {
            let sent_at = heartbeat.sent_at.min(latest_heartbeat(origin));
            let event_time = self.window.event_time_of(Some(sent_at), origin.arrived_at);
            let datum = Datum::own("Heartbeat", minute(event_time.metric));
            self.current.tally.matched = 1;
            self.totals.add(datum, metrics::MetricKind::Sum, 1.0);
        }
        true
    }

    /// Adds a value to each roll-up whose dimensions the event has: CloudWatch rejects an empty dimension value.
    fn add(&mut self, slot: MetricSlot, event: &Event<'_>, minute: i64, value: Value) {
        let left_out = self
            .totals
            .add_to_sets(self.rule_set, slot, event, minute, value);
        self.current.tally.dimension_sets_left_out += left_out;
    }
}

/// The latest time that a heartbeat can have: what says to be of the future would hide that the next ones are missing.
fn latest_heartbeat(origin: Origin<'_>) -> Timestamp {
    /// How far a clock may be ahead.
    const AHEAD: SignedDuration = SignedDuration::from_mins(1);
    let arrived_at = origin.arrived_at.metric;
    arrived_at.saturating_add(AHEAD).unwrap_or(arrived_at)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
