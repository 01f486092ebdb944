//! The store of rules' matches: in memory, and once an hour in the ledger table, since a process lives some hours and
//! the window is a day.

use picket_aws::{Fault, ledger::Move};
use picket_rules::metrics::MetricRules;
use picket_shared::clock::Clock;

use crate::{
    chains::context::TickContext,
    ports::Ports,
    self_metrics::silent_rules::{Counted, RuleMatches, place},
};

const SECONDS_AN_HOUR: i64 = 3_600;

/// The matches of rules, as far as this process knows.
#[derive(Debug, Default)]
pub(crate) struct SilentRulesStore {
    matches: RuleMatches,
    version: Option<u64>,
    is_read: bool,
    /// The hour in which they were last stored.
    stored: Option<i64>,
    /// The rules that were last logged.
    logged: Vec<String>,
}

impl SilentRulesStore {
    /// Records metrics, and returns the number of rules without a match for a day. Logs these rules when they change.
    pub(crate) async fn record<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        rules: &[MetricRules],
        counted: &Counted,
    ) -> Result<usize, Fault> {
        let hour = context.clock.now().as_second().div_euclid(SECONDS_AN_HOUR);
        if !self.is_read {
            self.read(context).await?;
        }
        let changed = self.matches.record(rules, counted, hour);
        if changed && self.stored != Some(hour) {
            self.store(context, hour).await?;
        }
        let unmatched = self.matches.unmatched(rules, hour);
        if unmatched != self.logged {
            tracing::warn!(rules = ?unmatched, "rules that matched nothing for a day");
            self.logged.clone_from(&unmatched);
        }
        Ok(unmatched.len())
    }

    async fn read<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
    ) -> Result<(), Fault> {
        let stored = context.ports.read_state(&place()).await?;
        self.version = stored.as_ref().map(|stored| stored.version);
        if let Some(stored) = stored {
            self.matches.merge(RuleMatches::decode(&stored.body)?);
        }
        self.is_read = true;
        Ok(())
    }

    /// Stores the matches. If another publisher was faster, its matches are read at the next tick and merged.
    async fn store<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        hour: i64,
    ) -> Result<(), Fault> {
        let body = self.matches.encode();
        let moved = context
            .ports
            .write_state(&place(), self.version, body, None)
            .await?;
        if moved == Move::Moved {
            self.version = Some(self.version.unwrap_or(0) + 1);
            self.stored = Some(hour);
        } else {
            self.is_read = false;
        }
        Ok(())
    }
}
