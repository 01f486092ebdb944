//! The cost alarm's cause: usage by agent and what changed, from the metrics publisher's digest.

use picket_shared::{
    alarm::{Alarm, State, Watches},
    clock::Clock,
    report::ErrorChain,
};

use super::{Handler, InvocationState, read::Read};
use crate::ports::Ports;

/// The metrics of language models' cost, in the namespace of any workload.
const METRICS: [&str; 2] = ["CostToday", "EstimatedCost"];

impl<P: Ports, C: Clock> Handler<P, C> {
    /// A message as it is; the ALARM of a cost, with the digest of the day's usage. One whose digest is absent or cannot
    /// be read is shown without it.
    pub(super) async fn with_its_usage<'m>(
        &self,
        read: Read<'m>,
        run: &InvocationState<'_>,
    ) -> Read<'m> {
        if !read.decoded.alarm().is_some_and(is_of_cost) {
            return read;
        }
        let digest = self.delivery.ports.read_usage_digest();
        let digest = self.delivery.within(run.invocation, digest).await;
        match digest.and_then(|digest| digest) {
            Ok(usage) => Read { usage, ..read },
            Err(fault) => {
                tracing::warn!(id = read.id, error = %ErrorChain(&fault), "shown without the day's usage");
                read
            }
        }
    }
}

fn is_of_cost(alarm: &Alarm) -> bool {
    let Watches::Metric(metric, _) = &alarm.watches else {
        return false;
    };
    alarm.state == State::Alarm && METRICS.contains(&metric.name.as_str())
}
