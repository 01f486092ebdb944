//! The heartbeat and the self-metrics of a tick.

use std::sync::atomic::Ordering;

use picket_aws::{ledger::Sink, problem::Problem};
use picket_cloudwatch::{pack::pack, put::put_all};
use picket_shared::{clock::Clock, fleet::Heartbeat, report::ErrorChain, series::SeriesMinute};

use super::{Handler, NEVER, lock, work::Work};
use crate::{
    chains::context::TickContext,
    event::Tick,
    ledger::{
        cost_today::{self, Gauge},
        day_costs::{DayCosts, read_day_costs, store_digest},
        incident_costs,
    },
    ports::Ports,
    prometheus::run::write_gauges,
    series_limit::Metric,
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

    /// Publishes the self-metrics. They are not repeated after a lost answer: the next tick publishes new ones. Trips of
    /// circuit breakers are published until CloudWatch accepts them: one of them can be that of CloudWatch itself.
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
        work.self_metrics.circuit_breaker_trips = self.circuit_breakers.unpublished_trips();
        let costs = self.day_costs(context, tick, work).await;
        let now = self.clock.now();
        let series = work.self_metrics.series(context.stack, now);
        let all: Vec<SeriesMinute> = series.iter().cloned().chain(costs).collect();
        let packed = pack(&all, now);
        let sending = put_all(
            context.ports,
            context.clock,
            context.deadline,
            packed.requests,
        )
        .await
        .or_out_of_time();
        if sending.problems.is_empty() {
            self.circuit_breakers.trips_published();
        }
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

    /// The day's costs per incident and since midnight, where they are due.
    async fn day_costs(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        work: &mut Work,
    ) -> Vec<SeriesMinute> {
        if !self.is_due(tick, Sink::CloudWatch) || !context.has_time() {
            return Vec::new();
        }
        let (rules, book) = {
            let overrides = self.overrides.get();
            (overrides.workloads(), overrides.prices())
        };
        let namespace = incident_costs::namespace(&rules);
        let whole = (namespace, self.config.environment.as_str());
        match read_day_costs(context, &self.day_costs_period, &book, whole).await {
            Ok(Some(DayCosts {
                incidents,
                gauges,
                usage,
            })) => {
                if let Some(usage) = usage
                    && let Err(fault) = store_digest(context, usage).await
                {
                    work.fail("the digest of the day's usage was not stored", fault);
                }
                let gauges = self.admit(context, &gauges, work).await;
                incidents.into_iter().chain(gauges).collect()
            }
            Ok(None) => Vec::new(),
            Err(fault) => {
                work.fail("the day's cost was not published", fault);
                Vec::new()
            }
        }
    }

    /// The datapoints of the cost since midnight. Agents are limited as other series are.
    async fn admit(
        &self,
        context: &TickContext<'_, P, C>,
        gauges: &[Gauge],
        work: &mut Work,
    ) -> Vec<SeriesMinute> {
        // The sinks, which have run, leave it.
        let Some(mut series_limit) = lock(&self.series_limit).take() else {
            return Vec::new();
        };
        let datapoints: Vec<_> = gauges.iter().filter_map(Gauge::datapoint).collect();
        let (admission, fault) = series_limit.admit(context, &datapoints).await;
        if let Some(fault) = fault {
            work.fail("the cost of new agents goes to Other for now", fault);
        } else {
            let at_ceiling: Vec<Metric> = admission.refused.keys().cloned().collect();
            work.notify_of_reached(context, &mut series_limit, &at_ceiling)
                .await;
        }
        *lock(&self.series_limit) = Some(series_limit);
        work.self_metrics.record_refused_series(&admission.refused);
        cost_today::datapoints(gauges, &admission)
    }
}
