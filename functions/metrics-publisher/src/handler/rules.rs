//! The rules that a tick goes by, and which of them match nothing.

use picket_rules::metrics::MetricRules;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::{Handler, keep};
use crate::{context::Run, ports::Ports, self_metrics::Vitals};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// The rules in force: those that are compiled in, or what an operator put in their place.
    pub(super) async fn rules(&self, vitals: &mut Vitals) -> Vec<MetricRules> {
        self.watch.refresh(&self.ports, self.clock.now()).await;
        let watch = self.watch.get();
        vitals.overrides = self.config.override_bucket.as_ref().map(|_| watch.counts());
        watch.workloads()
    }

    /// Counts the rules that match nothing. It is good to know and no more: where the table does not tell, the tick goes on.
    pub(super) async fn count_unmatched(
        &self,
        run: &Run<'_, P, C>,
        rules: &[MetricRules],
        vitals: &mut Vitals,
    ) {
        let mut matched = keep(&self.matched).take().unwrap_or_default();
        match matched.note(run, rules, &vitals.counted).await {
            Ok(unmatched) => vitals.rules_unmatched = u64::try_from(unmatched).ok(),
            Err(fault) => {
                tracing::warn!(error = %ErrorChain(&fault), "it is not known which rules match nothing");
            }
        }
        *keep(&self.matched) = Some(matched);
    }
}
