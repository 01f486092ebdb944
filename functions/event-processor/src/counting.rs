//! What events count for: one after another, by every rule that takes them.

mod tally;
mod totals;
mod usage;

use hashbrown::HashSet;
use jiff::Timestamp;
use picket_rules::{
    cloudwatch_limits::is_value,
    filter::{Event, Field, Matches},
    metrics::{self as rules, MetricRule, MetricRules, MetricValue, TokenFields, UsageRule},
};
use picket_shared::fleet::FleetMessage;

pub use self::{
    tally::Tally,
    totals::{Datum, Kind, Source, Totals},
    usage::BadUsage,
};
use self::{totals::Value, usage::Request};
use crate::{
    deduplication::{Identity, Recall},
    event_time::{Calendar, Period, Window, minute},
    payload::IncompleteUsage,
    rules::{Asked, Core, Occasion, Place},
};

/// A run of events, counted so far.
#[derive(Debug)]
pub struct Counter<'c> {
    core: &'c Core,
    recall: &'c Recall,
    window: Window,
    calendar: Calendar,
    /// What they add up to.
    pub totals: Totals,
    /// Hashes of the ids by which rules know them.
    pub event_ids: Vec<u64>,
    /// The same, to look for.
    counted: HashSet<u64>,
    at_hand: AtHand,
}

/// What is known of the event at hand: asked once, however many rules ask.
#[derive(Debug, Default)]
struct AtHand {
    matches: Matches,
    /// By occasion: when it counts, if it does.
    occasions: Vec<Due>,
    /// Ids that no event before had.
    new_ids: Vec<u64>,
    tally: Tally,
    requests: Vec<Costing>,
}

/// When the event at hand counts for the rules of an occasion.
#[derive(Debug, Clone, Copy, Default)]
enum Due {
    #[default]
    Unasked,
    /// It did before.
    Never,
    In(Period),
}

/// A request to a model, and where its cost is added up.
#[derive(Debug)]
struct Costing {
    place: Option<Place>,
    minute: i64,
    request: Request,
}

/// What is known of an event beside its payload.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// When its record arrived.
    pub arrived_at: Timestamp,
    /// When it happened, where its transport says so; a rule's `Timestamp` goes before it.
    pub happened_at: Option<Timestamp>,
    /// Who reports it.
    pub source: rules::Source,
    /// What its token usage lacks, where it has usage in another spelling than the rules'.
    pub incomplete: Option<IncompleteUsage>,
    /// The stream's region.
    pub region: &'a str,
}

impl<'c> Counter<'c> {
    /// Of nothing yet. Events that `recall` knows by their ids count nothing again.
    pub fn new(core: &'c Core, recall: &'c Recall, window: Window) -> Self {
        Self {
            core,
            recall,
            window,
            calendar: Calendar::new(window),
            totals: Totals::default(),
            event_ids: Vec::new(),
            counted: HashSet::new(),
            at_hand: AtHand::default(),
        }
    }

    /// Asks every rule and adds up what they say. An error is for the whole event: it counts for nothing, so that a replay counts
    /// nothing twice.
    pub fn count(&mut self, event: &Event<'_>, origin: Origin<'_>) -> Result<Tally, BadUsage> {
        self.begin(event);
        self.usage(event, origin)?;
        let is_heartbeat = self.heartbeat(event, origin);
        let core = self.core;
        let workloads = core.workloads.iter().zip(&core.places.workloads);
        for (index, (workload, places)) in workloads.enumerate() {
            if self.takes(workload, origin) {
                let rules = workload.rules.iter().zip(&places.rules);
                for (number, (rule, (asked, places))) in rules.enumerate() {
                    let period = self.period(*asked, event, origin);
                    if let Some(period) = period {
                        self.rule(rule, places, event, period);
                    }
                    if asked.has_default && !is_heartbeat {
                        self.note_minute((index, number), *asked, period, event, origin);
                    }
                }
            }
        }
        Ok(self.end())
    }

    fn begin(&mut self, event: &Event<'_>) {
        let (places, at_hand) = (&self.core.places, &mut self.at_hand);
        places.patterns.matches(event, &mut at_hand.matches);
        at_hand.occasions.clear();
        at_hand
            .occasions
            .resize(places.occasions.len(), Due::Unasked);
        at_hand.new_ids.clear();
        at_hand.requests.clear();
        at_hand.tally = Tally::default();
        self.totals.next_event();
    }

    fn end(&mut self) -> Tally {
        let at_hand = &mut self.at_hand;
        self.counted.extend(&at_hand.new_ids);
        self.event_ids.append(&mut at_hand.new_ids);
        let tally = &mut at_hand.tally;
        tally.read = 1;
        tally.unmatched = 1 - tally.matched;
        *tally
    }

    /// Whether the workload takes events of this source. What it leaves alone is counted.
    fn takes(&mut self, workload: &MetricRules, origin: Origin<'_>) -> bool {
        let takes = self.core.takes(workload, origin.source);
        if !takes && origin.source == rules::Source::InvocationLogs {
            self.at_hand.tally.other_source = 1;
        }
        takes
    }

    /// When the event counts for a rule; `None` where it does not, or did before.
    fn period(&mut self, asked: Asked, event: &Event<'_>, origin: Origin<'_>) -> Option<Period> {
        if !self.at_hand.matches.contains(asked.pattern) {
            return None;
        }
        self.at_hand.tally.matched = 1;
        match self.at_hand.occasions[asked.occasion] {
            Due::In(period) => return Some(period),
            Due::Never => return None,
            Due::Unasked => {}
        }
        let core = self.core;
        let Occasion {
            timestamp,
            event_id,
        } = &core.places.occasions[asked.occasion];
        let repeats = event_id.as_ref().is_some_and(|by| self.repeats(by, event));
        if repeats {
            self.at_hand.occasions[asked.occasion] = Due::Never;
            return None;
        }
        let period = self.when(timestamp.as_ref(), event, origin);
        self.at_hand.occasions[asked.occasion] = Due::In(period);
        Some(period)
    }

    fn when(&mut self, field: Option<&Field>, event: &Event<'_>, origin: Origin<'_>) -> Period {
        let Origin {
            happened_at,
            arrived_at,
            ..
        } = origin;
        let period = self.calendar.period(field, event, happened_at, arrived_at);
        let replaced = &mut self.at_hand.tally.timestamps_replaced;
        *replaced = (*replaced).max(u64::from(period.replaced));
        period
    }

    /// Whether an event of this id was counted before; notes the id where it was not.
    fn repeats(&mut self, (field, identity): &(Field, Identity), event: &Event<'_>) -> bool {
        // An empty id is none: events without one would be taken for each other.
        let Some(text) = field.text(event).filter(|text| !is_blank(text)) else {
            return false;
        };
        let id = identity.hash(&text);
        let repeats = self.counted.contains(&id) || self.recall.contains(id);
        let at_hand = &mut self.at_hand;
        if repeats {
            at_hand.tally.repeated = 1;
        } else if !at_hand.new_ids.contains(&id) {
            at_hand.new_ids.push(id);
        }
        repeats
    }

    /// Notes the minute of an event for a rule with a default value: the minute in which it counts, or would if it matched. A
    /// repetition counts in none.
    fn note_minute(
        &mut self,
        rule: (usize, usize),
        asked: Asked,
        counts_in: Option<Period>,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) {
        let matches = self.at_hand.matches.contains(asked.pattern);
        if matches && counts_in.is_none() {
            return;
        }
        let Origin {
            happened_at,
            arrived_at,
            ..
        } = origin;
        let timestamp = self.core.places.occasions[asked.occasion]
            .timestamp
            .as_ref();
        let period = counts_in.unwrap_or_else(|| {
            let calendar = &mut self.calendar;
            calendar.period(timestamp, event, happened_at, arrived_at)
        });
        self.totals.note_minute(rule, period.minute, matches);
    }

    fn rule(&mut self, rule: &MetricRule, places: &[Place], event: &Event<'_>, period: Period) {
        for (metric, place) in rule.transformations.iter().zip(places) {
            let value = match &metric.value {
                MetricValue::Constant(value) => Some(*value),
                MetricValue::Field(field) => self.value(field, event),
            };
            if let Some(value) = value {
                self.add(*place, event, period.minute, Value::Number(value));
            }
        }
    }

    /// The value to add. An event without the field adds nothing; one with something else there is counted.
    fn value(&mut self, field: &Field, event: &Event<'_>) -> Option<f64> {
        if field.is_absent(event) {
            return None;
        }
        let number = field.number(event).filter(|value| is_value(*value));
        if number.is_none() && field.text(event).is_some() {
            self.at_hand.tally.values_refused += 1;
        }
        number
    }

    /// Whether the event is a request by a usage rule. One that lacks its id or its model is an error; but where it is another rule's event too,
    /// it counts there, and its usage counts as incomplete and is no request.
    fn is_request(
        &mut self,
        rule: &UsageRule,
        asked: Asked,
        event: &Event<'_>,
        origin: Origin<'_>,
    ) -> Result<bool, BadUsage> {
        let is_matched = self.at_hand.matches.contains(asked.pattern);
        let Some(lacks) = incomplete(rule, is_matched, event, origin) else {
            return Ok(is_matched);
        };
        if !self.is_taken_beside(asked, origin) {
            return Err(BadUsage::Incomplete(lacks));
        }
        self.at_hand.occasions[asked.occasion] = Due::Never;
        self.at_hand.tally.usage_incomplete = 1;
        Ok(false)
    }

    /// Whether a rule takes the event that is none of this request's own metrics: those share the usage rule's id and time.
    fn is_taken_beside(&self, usage: Asked, origin: Origin<'_>) -> bool {
        let core = self.core;
        let workloads = core.workloads.iter().zip(&core.places.workloads);
        let taking = workloads.filter(|(workload, _)| core.takes(workload, origin.source));
        let mut rules = taking.flat_map(|(_, places)| &places.rules);
        rules.any(|(asked, _)| {
            asked.occasion != usage.occasion && self.at_hand.matches.contains(asked.pattern)
        })
    }

    /// The requests to models, all of them before anything is added: one that is bad takes the whole event with it.
    fn usage(&mut self, event: &Event<'_>, origin: Origin<'_>) -> Result<(), BadUsage> {
        let core = self.core;
        for (workload, places) in core.workloads.iter().zip(&core.places.workloads) {
            if let (Some(rule), Some((asked, place))) = (&workload.usage, &places.usage)
                && self.takes(workload, origin)
                && self.is_request(rule, *asked, event, origin)?
                && let Some(Period { minute, day, .. }) = self.period(*asked, event, origin)
            {
                let requests = &mut self.totals.requests;
                let request = requests.read(rule, &core.prices, event, day, origin.region)?;
                let place = *place;
                self.at_hand.requests.push(Costing {
                    place,
                    minute,
                    request,
                });
            }
        }
        for index in 0..self.at_hand.requests.len() {
            let Costing {
                place,
                minute,
                ref request,
            } = self.at_hand.requests[index];
            let cost = self.totals.requests.add(request);
            if let (Some(place), Some(cost)) = (place, cost) {
                self.add(place, event, minute, Value::Picodollars(cost));
            }
        }
        Ok(())
    }

    /// The synthetic record of our own stack: it proves the whole way. Another stack's matches nothing. Whether it is either.
    fn heartbeat(&mut self, event: &Event<'_>, origin: Origin<'_>) -> bool {
        let message = event.json.and_then(FleetMessage::read);
        let Some(Ok(FleetMessage::Heartbeat(heartbeat))) = message else {
            return false;
        };
        if heartbeat.stack == self.core.stack {
            let sent_at = Some(heartbeat.sent_at);
            let moment = self.window.moment_of(sent_at, origin.arrived_at);
            let datum = Datum::own("Heartbeat", minute(moment.metric));
            self.at_hand.tally.matched = 1;
            self.totals.add(datum, rules::MetricKind::Sum, 1.0);
        }
        true
    }

    /// Adds a value to each roll-up whose dimensions the event has: CloudWatch takes no empty dimension value.
    fn add(&mut self, place: Place, event: &Event<'_>, minute: i64, value: Value) {
        let left_out = self
            .totals
            .add_to_sets(self.core, place, event, minute, value);
        self.at_hand.tally.dimension_sets_left_out += left_out;
    }
}

/// What a usage rule misses in an event: of a request that it matches, its id; of one that it does not match, the id or the model that would
/// have made it one. `None` where nothing is missing, or the event has no tokens.
fn incomplete(
    rule: &UsageRule,
    is_matched: bool,
    event: &Event<'_>,
    origin: Origin<'_>,
) -> Option<IncompleteUsage> {
    let lacks = |field: &Field| field.text(event).is_none_or(|text| is_blank(&text));
    let has_tokens = || {
        let TokenFields { input, output, .. } = &rule.tokens;
        input.is_given(event) || output.as_ref().is_some_and(|output| output.is_given(event))
    };
    if !is_matched {
        if origin.incomplete.is_some() {
            return origin.incomplete;
        }
        if !has_tokens() {
            return None;
        }
    }
    if rule.event_id.as_ref().is_some_and(lacks) {
        return Some(IncompleteUsage::RequestId);
    }
    (!is_matched && lacks(&rule.model)).then_some(IncompleteUsage::Model)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
