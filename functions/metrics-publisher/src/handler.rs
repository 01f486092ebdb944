//! The handler of ticks: heartbeat, sinks, self-metrics. The failure of one part does not stop the others.

mod rules;
mod work;

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use jiff::SignedDuration;
use picket_aws::{ledger::Sink, overrides::Held, problem::Problem};
use picket_cloudwatch::{pack::pack, put::put_all};
use picket_rules::metrics::MetricRules;
use picket_shared::{
    chain::ChainId, clock::Clock, deadline::Deadline, fleet::Heartbeat, report::ErrorChain,
    series::SeriesMinute,
};

use crate::{
    chains::{
        cursors::Cursors,
        damaged::SkippedSlices,
        default_values::{self, writer::write_defaults},
    },
    cloudwatch::run::publish,
    config::Config,
    context::TickContext,
    error::Error,
    event::{self, Tick},
    ledger::{
        day_rows::DayRows,
        incident_costs::{self, run::read_incident_costs},
        run::fold_all,
    },
    override_monitor::OverrideMonitor,
    ports::Ports,
    prometheus::run::{State, Written, write_all, write_gauges},
    self_metrics::silent_rules_store::SilentRulesStore,
    series_limit::{
        Metric, admission::Ceilings, notify::notify_of_reached, store::SeriesLimitStore,
    },
};

pub use work::Summary;

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
    /// The last period in which the costs of incidents were published, in periods since 1970.
    incident_costs_period: AtomicI64,
    prometheus: Mutex<Option<State>>,
    series_limit: Mutex<Option<SeriesLimitStore>>,
    days: Mutex<Option<DayRows>>,
    cursors: Cursors,
    overrides: Held<OverrideMonitor>,
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
            incident_costs_period: AtomicI64::new(NEVER),
            prometheus: Mutex::new(None),
            series_limit: Mutex::new(None),
            days: Mutex::new(None),
            cursors: Cursors::new(),
            overrides: Held::new(OverrideMonitor::default()),
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
        };
        let mut work = Work::default();
        work.problems.extend(self.send_heartbeat().await.err());
        let rules = self.rules(&mut work.self_metrics).await;
        match self.ports.list_chains().await {
            Ok(chains) => {
                self.run_sinks(&context, tick, &chains, &rules, &mut work)
                    .await
            }
            Err(fault) => work.fail("no chain was read", fault),
        }
        self.report(&context, tick, &mut work).await;
        work.finish()
    }

    /// Sends a heartbeat. The partition key changes each minute, so that all shards are covered in turn.
    async fn send_heartbeat(&self) -> Result<(), Problem> {
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

    async fn run_sinks(
        &self,
        context: &TickContext<'_, P, C>,
        tick: &Tick,
        chains: &[ChainId],
        rules: &[MetricRules],
        work: &mut Work,
    ) {
        work.summary.chains = chains.len();
        // Before the sinks, so that a minute's default values are published with its other values by the next tick at the latest.
        if default_values::in_use(rules)
            && let Err(fault) = write_defaults(context, chains, &self.config.stream).await
        {
            work.fail("the default values of metrics were not decided", fault);
        }
        self.cursors.retain(chains);
        let chains_of = |sink| {
            if self.is_due(tick, sink) { chains } else { &[] }
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
        if let Err(fault) = notify_of_reached(context, &mut series_limit, &at_ceiling).await {
            work.fail(
                "no notification of a reached limit of series was published",
                fault,
            );
        }
        *lock(&self.series_limit) = Some(series_limit);
        *lock(&self.days) = Some(days);
        if self.is_due(tick, Sink::CloudWatch) {
            self.count_unmatched(context, rules, &mut work.self_metrics)
                .await;
        }
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
        let mut state = lock(&self.prometheus).take();
        let written = write_all(context, chains, &mut state).await;
        *lock(&self.prometheus) = state;
        Some(written)
    }

    /// Publishes the self-metrics. They are not repeated after a lost answer: the next tick publishes new ones.
    async fn report(&self, context: &TickContext<'_, P, C>, tick: &Tick, work: &mut Work) {
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

/// Locks state that one tick leaves to the next. A poisoned lock means that a tick panicked: then the state is empty.
fn lock<T>(kept: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
