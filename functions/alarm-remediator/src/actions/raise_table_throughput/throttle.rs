//! What throttles a table or an index most, and what a change for it has in common.

use picket_rules::playbooks::{Mode, ThroughputStep};
use rust_decimal::Decimal;

use super::{
    causes::{Cause, Events},
    facts::TableFacts,
    measured::Measured,
    ports::Units,
    refusal::Refusal,
    target,
};
use crate::{actions::window::WINDOW_MINUTES, change::Change, model::Candidate, setting::Write};

/// The most read or write units of a table or index, in either mode: AWS's default quota of throughput for a table
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#default-limits-throughput>).
pub(crate) const TABLE_QUOTA: u64 = 40_000;

/// What throttles most, and where.
pub(super) struct Throttle<'a> {
    pub(super) candidate: &'a Candidate<'a>,
    pub(super) facts: &'a TableFacts,
    pub(super) measured: &'a Measured,
    pub(super) cause: Cause,
    pub(super) events: Events,
    /// `table/orders` or `table/orders/index/by-day`.
    pub(super) name: String,
}

impl<'a> Throttle<'a> {
    pub(super) fn new(
        candidate: &'a Candidate<'a>,
        facts: &'a TableFacts,
        measured: &'a Measured,
        cause: Cause,
    ) -> Self {
        Self {
            candidate,
            facts,
            measured,
            cause,
            events: measured.throttled.of(cause),
            name: measured.name(&candidate.target),
        }
    }

    /// The throttled setting is not in force any more.
    pub(super) fn changed_since(&self) -> Refusal {
        Refusal::Changed {
            part: self.name.clone(),
            cause: self.cause.to_string(),
        }
    }

    pub(super) fn evidence(&self) -> String {
        let Self {
            events,
            cause,
            measured,
            ..
        } = self;
        format!(
            "{events} were throttled by {cause} in the last {WINDOW_MINUTES} minutes, and {} units a second were consumed in the busiest minute",
            measured.consumed
        )
    }

    pub(super) fn table(&self) -> String {
        target::name(&self.candidate.target).to_owned()
    }

    pub(super) fn index(&self) -> Option<String> {
        self.measured.part.index.clone()
    }

    /// Throttled reads and writes, grown by a step; `None` where both stay.
    pub(super) fn grown(&self, from: Units, step: &ThroughputStep) -> Option<Units> {
        let grown = |from: u64, throttled: u64, next: Option<u64>| match next {
            Some(next) if throttled > 0 => next.min(TABLE_QUOTA).max(from),
            Some(_) | None => from,
        };
        let to = Units {
            read: grown(from.read, self.events.reads, step.next_read(from.read)),
            write: grown(from.write, self.events.writes, step.next_write(from.write)),
        };
        (to != from).then_some(to)
    }

    pub(super) fn at_maximum(&self, at: Units, step: &ThroughputStep) -> Refusal {
        Refusal::AtMaximum {
            part: self.name.clone(),
            read: at.read,
            write: at.write,
            maximum_read: step.maximum_read.min(TABLE_QUOTA),
            maximum_write: step.maximum_write.min(TABLE_QUOTA),
        }
    }

    pub(super) fn change(
        &self,
        write: Write,
        action: String,
        reason: String,
        mode: Mode,
        price: Decimal,
    ) -> Change {
        Change {
            mode: mode.min(self.candidate.playbook.mode),
            price_per_hour: Some(price.normalize()),
            ..Change::new(self.candidate, write, action, reason)
        }
    }
}
