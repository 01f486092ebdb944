//! The handler of ticks: heartbeat, sinks, self-metrics. The failure of one part does not stop the others.

mod breakers;
mod report;
mod rules;
mod work;

use std::sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicI64};

use jiff::SignedDuration;
use picket_aws::{ledger::Sink, overrides::CachedOverrides};
use picket_rules::metrics::MetricRules;
use picket_shared::{chain::ChainId, clock::Clock, deadline::Deadline};

use crate::{
    chains::{
        context::TickContext,
        cursors::Cursors,
        damaged::SkippedSlices,
        default_values::{self, writer::write_defaults},
        memory::Decoding,
    },
    circuit_breaker::CircuitBreakers,
    cloudwatch::run::publish,
    config::Config,
    error::Error,
    event::{self, Tick},
    ledger::{day_rows::DayRows, run::fold_all},
    ports::Ports,
    prometheus::run::{State, Written, write_all},
    self_metrics::{
        override_monitor::OverrideMonitor, silent_rules_store::SilentRulesStore, waiting::LastRead,
    },
    series_limit::{Metric, admission::Ceilings, store::SeriesLimitStore},
};

pub use work::Summary;

use breakers::breaker_is_open;
use work::Work;

/// The value where this process has seen no heartbeat yet.
const NEVER: i64 = i64::MIN;

/// The handler of ticks, with the state that a process keeps between them.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
    newest_heartbeat: AtomicI64,
    /// The last period in which the day's costs were published, in periods since 1970.
    day_costs_period: AtomicI64,
    prometheus: Mutex<Option<State>>,
    series_limit: Mutex<Option<SeriesLimitStore>>,
    days: Mutex<Option<DayRows>>,
    cursors: Cursors,
    last_read: LastRead,
    circuit_breakers: CircuitBreakers,
    overrides: CachedOverrides<OverrideMonitor>,
    silent_rules: Mutex<Option<SilentRulesStore>>,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Creates a handler.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
            newest_heartbeat: AtomicI64::new(NEVER),
            day_costs_period: AtomicI64::new(NEVER),
            prometheus: Mutex::new(None),
            series_limit: Mutex::new(None),
            days: Mutex::new(None),
            cursors: Cursors::new(),
            last_read: LastRead::default(),
            circuit_breakers: CircuitBreakers::default(),
            overrides: CachedOverrides::new(OverrideMonitor::default()),
            silent_rules: Mutex::new(None),
        }
    }

    /// Handles a tick, as far as the deadline allows.
    pub async fn handle(&self, body: &[u8], deadline: Deadline) -> Result<Summary, Error> {
        let tick = event::read(body)?;
        // On the heap: three sinks at once are 17 KB of state.
        Box::pin(self.tick(&tick, deadline)).await
    }

    async fn tick(&self, tick: &Tick, deadline: Deadline) -> Result<Summary, Error> {
        let context = TickContext {
            ports: &self.ports,
            clock: &self.clock,
            deadline,
            settle: tick.settle_seconds.map_or_else(
                || SignedDuration::try_from(self.config.settle).unwrap_or(SignedDuration::MAX),
                |seconds| SignedDuration::from_secs(seconds.into()),
            ),
            most_slices: tick.most_slices.map_or(u32::MAX, Into::into),
            stack: &self.config.stack,
            skipped_slices: SkippedSlices::default(),
            cursors: &self.cursors,
            decoding: Decoding::new(),
        };
        let begun = self.clock.now();
        if tick.reset_circuit_breakers {
            self.circuit_breakers.reset();
        }
        let mut work = Work::default();
        work.problems.extend(self.send_heartbeat().await.err());
        let rules = self.rules(&mut work.self_metrics).await;
        match self.ports.list_chains().await {
            Ok(chains) => {
                self.run_sinks(&context, tick, &chains, &rules, &mut work)
                    .await;
            }
            Err(fault) => work.fail("no chain was read", fault),
        }
        work.self_metrics.oldest_waiting =
            self.last_read.complete(&work.self_metrics.waiting, begun);
        self.report(&context, tick, &mut work).await;
        work.finish()
    }

    async fn run_sinks(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        chains: &[ChainId],
        rules: &[MetricRules],
        work: &mut Work,
    ) {
        work.summary.chains = chains.len();
        // Before the sinks, so that a minute's default values are published with its other values by the next tick at
        // the latest.
        if default_values::in_use(rules)
            && let Err(fault) = write_defaults(context, chains, &self.config.stream).await
        {
            work.fail("the default values of metrics were not decided", fault);
        }
        self.cursors.retain(chains);
        let is_permitted = self.permits(context, Sink::CloudWatch);
        if !is_permitted && self.is_due(tick, Sink::CloudWatch) {
            work.skip_cloudwatch(chains);
        }
        let chains_of = |sink| {
            let runs = self.is_due(tick, sink) && (sink != Sink::CloudWatch || is_permitted);
            if runs { chains } else { &[] }
        };
        let series_limit = lock(&self.series_limit).take();
        let ceilings = Ceilings::of_rules(rules, self.config.maximum_series);
        let mut series_limit =
            series_limit.unwrap_or_else(|| SeriesLimitStore::new(ceilings.clone()));
        series_limit.set_ceilings(ceilings);
        let days = lock(&self.days).take();
        let mut days = days.unwrap_or_else(|| DayRows::new(self.config.maximum_ledger_rows));
        // Concurrently, so that the backlog of one sink takes no time from another.
        let (folded, published, written) = futures::join!(
            fold_all(context, chains_of(Sink::Ledger), &mut days),
            publish(
                context,
                chains_of(Sink::CloudWatch),
                &mut series_limit,
                &mut work.self_metrics
            ),
            self.write(context, tick, chains),
        );
        let at_ceiling: Vec<Metric> = published.at_ceiling.iter().cloned().collect();
        work.notify_of_reached(context, &mut series_limit, &at_ceiling)
            .await;
        *lock(&self.series_limit) = Some(series_limit);
        *lock(&self.days) = Some(days);
        if self.is_due(tick, Sink::CloudWatch) {
            self.count_unmatched(context, rules, &mut work.self_metrics)
                .await;
        }
        self.record_outcomes(context, &published, written.as_ref());
        work.record_folded(folded);
        work.record_published(published);
        if let Some(written) = written {
            work.record_written(written);
        }
    }

    /// Whether a sink is on and named by the tick.
    fn is_due(&self, tick: &Tick, sink: Sink) -> bool {
        let is_on = sink != Sink::Prometheus || self.config.prometheus.is_some();
        is_on && tick.sinks.contains(&sink)
    }

    async fn write(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        chains: &[ChainId],
    ) -> Option<Written> {
        if !self.is_due(tick, Sink::Prometheus) {
            return None;
        }
        if !self.permits(context, Sink::Prometheus) {
            return Some(Written::skipped(chains, breaker_is_open()));
        }
        let mut state = lock(&self.prometheus).take();
        let written = write_all(context, chains, &mut state).await;
        *lock(&self.prometheus) = state;
        Some(written)
    }
}

/// Locks state that one tick leaves to the next. A poisoned lock means that a tick panicked: then the state is empty.
fn lock<T>(kept: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
