//! The rules in force, and the number of rules without a match.

use picket_rules::metrics::MetricRules;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::{Handler, lock};
use crate::{chains::context::TickContext, ports::Ports, self_metrics::SelfMetrics};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// The rules in force: the compiled-in ones, or an operator's overrides.
    pub(super) async fn rules(&self, self_metrics: &mut SelfMetrics) -> Vec<MetricRules> {
        self.overrides.refresh(&self.ports, self.clock.now()).await;
        let overrides = self.overrides.get();
        self_metrics.overrides = self
            .config
            .override_bucket
            .as_ref()
            .map(|_| overrides.counts());
        overrides.workloads()
    }

    /// Counts the rules without a match. If the table cannot be read, the tick continues without the number.
    pub(super) async fn count_unmatched(
        &self,
        context: &TickContext<'_, P, C>,
        rules: &[MetricRules],
        self_metrics: &mut SelfMetrics,
    ) {
        let mut store = lock(&self.silent_rules).take().unwrap_or_default();
        match store.record(context, rules, &self_metrics.counted).await {
            Ok(unmatched) => self_metrics.rules_unmatched = u64::try_from(unmatched).ok(),
            Err(fault) => {
                tracing::warn!(error = %ErrorChain(&fault), "it is not known which rules match nothing");
            }
        }
        *lock(&self.silent_rules) = Some(store);
    }
}
