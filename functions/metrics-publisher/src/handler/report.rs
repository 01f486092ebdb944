//! The heartbeat and the self-metrics of a tick.

use std::sync::atomic::Ordering;

use picket_aws::{ledger::Sink, problem::Problem};
use picket_cloudwatch::{pack::pack, put::put_all};
use picket_shared::{clock::Clock, fleet::Heartbeat, report::ErrorChain, series::SeriesMinute};

use super::{Handler, NEVER, work::Work};
use crate::{
    chains::context::TickContext,
    event::Tick,
    ledger::incident_costs::{self, run::read_incident_costs},
    ports::Ports,
    prometheus::run::write_gauges,
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Sends a heartbeat. The partition key changes each minute, so that all shards are covered in turn.
    pub(super) async fn send_heartbeat(&self) -> Result<(), Problem> {
        let sent_at = self.clock.now();
        let heartbeat = Heartbeat {
            stack: self.config.stack.clone(),
            sent_at,
        };
        let minute = sent_at.as_second().div_euclid(60);
        let partition_key = format!("heartbeat-{minute}");
        let sent = self.ports.send_heartbeat(&heartbeat, &partition_key).await;
        sent.map_err(|fault| Problem {
            part: "the heartbeat was not sent".to_owned(),
            fault,
        })
    }

    /// Publishes the self-metrics. They are not repeated after a lost answer: the next tick publishes new ones.
    pub(super) async fn report(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        work: &mut Work,
    ) {
        let seen = work.self_metrics.newest_heartbeat.unwrap_or(NEVER);
        let newest = self
            .newest_heartbeat
            .fetch_max(seen, Ordering::Relaxed)
            .max(seen);
        work.self_metrics.newest_heartbeat = (newest != NEVER).then_some(newest);
        work.self_metrics.damaged_slices = context.skipped_slices.count();
        let now = self.clock.now();
        let series = work.self_metrics.series(context.stack, now);
        let incidents = self.incidents(context, tick, work).await;
        let all: Vec<SeriesMinute> = series.iter().cloned().chain(incidents).collect();
        let packed = pack(&all, now);
        let sending = put_all(
            context.ports,
            context.clock,
            context.deadline,
            packed.requests,
        )
        .await
        .or_out_of_time();
        for problem in sending.problems {
            work.fail(
                "the publisher's own metrics were not all sent",
                problem.fault,
            );
        }
        if self.is_due(tick, Sink::Prometheus)
            && !work.prometheus_is_down
            && let Err(fault) = write_gauges(context, &series).await
        {
            tracing::error!(
                error = %ErrorChain(&fault),
                "the publisher's own metrics were not written to Prometheus"
            );
        }
    }

    /// The distribution of the day's costs per incident, where it is due.
    async fn incidents(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        work: &mut Work,
    ) -> Option<SeriesMinute> {
        if !self.is_due(tick, Sink::CloudWatch) || !context.has_time() {
            return None;
        }
        let (rules, book) = {
            let overrides = self.overrides.get();
            (overrides.workloads(), overrides.prices())
        };
        let namespace = incident_costs::namespace(&rules);
        let whole = (namespace, self.config.environment.as_str());
        match read_incident_costs(context, &self.incident_costs_period, &book, whole).await {
            Ok(series) => series,
            Err(fault) => {
                work.fail("the cost per incident was not published", fault);
                None
            }
        }
    }
}
