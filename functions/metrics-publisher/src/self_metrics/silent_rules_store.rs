//! Keeps what rules have matched: in memory, and once an hour in the ledger table, since a process lives some hours and the window is a day.

use picket_aws::{Fault, ledger::Move};
use picket_rules::metrics::MetricRules;
use picket_shared::clock::Clock;

use crate::{
    context::TickContext,
    ports::Ports,
    self_metrics::silent_rules::{Counted, RuleMatches, place},
};

const SECONDS_AN_HOUR: i64 = 3_600;

/// What a process knows of the rules that matched.
#[derive(Debug, Default)]
pub(crate) struct SilentRulesStore {
    matches: RuleMatches,
    version: Option<u64>,
    is_read: bool,
    /// The hour in which it was stored last.
    stored: Option<i64>,
    /// The rules that the log has named.
    logged: Vec<String>,
}

impl SilentRulesStore {
    /// Takes note of what was counted, and how many rules have matched nothing for a day. Names them in the log when they change.
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

    /// Where another publisher was faster, what it stored is read at the next tick, and nothing is lost: both merge.
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
