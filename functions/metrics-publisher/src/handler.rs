//! A tick: heartbeat, ledger, CloudWatch, and what there is to say about it. One part's failure does not stop the others.

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
        damaged::PassedOver,
        default_values::{self, writer::write_defaults},
    },
    cloudwatch::run::publish,
    config::Config,
    context::Run,
    error::Error,
    event::{self, Tick},
    ledger::{
        day_rows::DayRows,
        incident_costs::{self, run::tell},
        run::fold_all,
    },
    overrides::Watch,
    ports::Ports,
    prometheus::run::{Memory, Written, write_all, write_gauges},
    self_metrics::silent_rules_store::MatchedDesk,
    series_limit::{
        admission::{Ceilings, Metric},
        notify::warn,
        store::Desk,
    },
};

pub use work::Summary;

use work::Work;

/// No heartbeat was seen by this process yet.
const NEVER: i64 = i64::MIN;

/// Handles ticks. Holds what one process remembers between them: the newest heartbeat it saw, and Prometheus' values.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
    newest_heartbeat: AtomicI64,
    /// When the incidents' costs were last told, in periods since 1970.
    told_incidents: AtomicI64,
    memory: Mutex<Option<Memory>>,
    desk: Mutex<Option<Desk>>,
    days: Mutex<Option<DayRows>>,
    cursors: Cursors,
    watch: Held<Watch>,
    matched: Mutex<Option<MatchedDesk>>,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// A handler on these ports.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
            newest_heartbeat: AtomicI64::new(NEVER),
            told_incidents: AtomicI64::new(NEVER),
            memory: Mutex::new(None),
            desk: Mutex::new(None),
            days: Mutex::new(None),
            cursors: Cursors::new(),
            watch: Held::new(Watch::default()),
            matched: Mutex::new(None),
        }
    }

    /// Reads the event and does its work, as far as the deadline allows.
    pub async fn handle(&self, body: &[u8], deadline: Deadline) -> Result<Summary, Error> {
        let tick = event::read(body)?;
        // On the heap: three sinks at once are 17 KB of state.
        Box::pin(self.tick(&tick, deadline)).await
    }

    async fn tick(&self, tick: &Tick, deadline: Deadline) -> Result<Summary, Error> {
        let run = Run {
            ports: &self.ports,
            clock: &self.clock,
            deadline,
            settle: tick.settle_seconds.map_or_else(
                || SignedDuration::try_from(self.config.settle).unwrap_or(SignedDuration::MAX),
                |seconds| SignedDuration::from_secs(seconds.into()),
            ),
            most_slices: tick.most_slices.map_or(u32::MAX, Into::into),
            stack: &self.config.stack,
            passed_over: PassedOver::default(),
            cursors: &self.cursors,
        };
        let mut work = Work::default();
        work.problems.extend(self.send_heartbeat().await.err());
        let rules = self.rules(&mut work.vitals).await;
        match self.ports.list_chains().await {
            Ok(chains) => self.serve(&run, tick, &chains, &rules, &mut work).await,
            Err(fault) => work.fail("no chain was read", fault),
        }
        self.report(&run, tick, &mut work).await;
        work.finish()
    }

    /// The partition key changes each minute, so that every shard has its turn.
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

    async fn serve(
        &self,
        run: &Run<'_, P, C>,
        tick: &Tick,
        chains: &[ChainId],
        rules: &[MetricRules],
        work: &mut Work,
    ) {
        work.summary.chains = chains.len();
        // Before the sinks, so that a minute's default values are published with its other values by the next tick at the latest.
        if default_values::in_use(rules)
            && let Err(fault) = write_defaults(run, chains, &self.config.stream).await
        {
            work.fail("the default values of metrics were not decided", fault);
        }
        self.cursors.keep(chains);
        let of = |sink| {
            if self.serves(tick, sink) { chains } else { &[] }
        };
        let desk = keep(&self.desk).take();
        let ceilings = Ceilings::of_rules(rules, self.config.maximum_series);
        let mut desk = desk.unwrap_or_else(|| Desk::new(ceilings.clone()));
        desk.go_by(ceilings);
        let days = keep(&self.days).take();
        let mut days = days.unwrap_or_else(|| DayRows::new(self.config.maximum_ledger_rows));
        // Side by side, so that the backlog of one sink takes no time from another.
        let (folded, published, written) = futures::join!(
            fold_all(run, of(Sink::Ledger), &mut days),
            publish(run, of(Sink::CloudWatch), &mut desk, &mut work.vitals),
            self.write(run, tick, chains),
        );
        let at_ceiling: Vec<Metric> = published.at_ceiling.iter().cloned().collect();
        if let Err(fault) = warn(run, &mut desk, &at_ceiling).await {
            work.fail("nobody was told of a ceiling of series", fault);
        }
        *keep(&self.desk) = Some(desk);
        *keep(&self.days) = Some(days);
        if self.serves(tick, Sink::CloudWatch) {
            self.count_unmatched(run, rules, &mut work.vitals).await;
        }
        work.take_in_folded(folded);
        work.take_in_published(published);
        if let Some(written) = written {
            work.take_in_written(written);
        }
    }

    /// Whether the tick asks for a sink that is on.
    fn serves(&self, tick: &Tick, sink: Sink) -> bool {
        let is_on = sink != Sink::Prometheus || self.config.prometheus.is_some();
        is_on && tick.sinks.contains(&sink)
    }

    async fn write(&self, run: &Run<'_, P, C>, tick: &Tick, chains: &[ChainId]) -> Option<Written> {
        if !self.serves(tick, Sink::Prometheus) {
            return None;
        }
        let mut memory = keep(&self.memory).take();
        let written = write_all(run, chains, &mut memory).await;
        *keep(&self.memory) = memory;
        Some(written)
    }

    /// Sends what there is to say about the line itself. Its failure is the tick's, and its answer needs no repeating: the
    /// next tick says it anew.
    async fn report(&self, run: &Run<'_, P, C>, tick: &Tick, work: &mut Work) {
        let seen = work.vitals.newest_heartbeat.unwrap_or(NEVER);
        let newest = self
            .newest_heartbeat
            .fetch_max(seen, Ordering::Relaxed)
            .max(seen);
        work.vitals.newest_heartbeat = (newest != NEVER).then_some(newest);
        work.vitals.damaged_slices = run.passed_over.count();
        let now = self.clock.now();
        let series = work.vitals.series(run.stack, now);
        let incidents = self.incidents(run, tick, work).await;
        let all: Vec<SeriesMinute> = series.iter().cloned().chain(incidents).collect();
        let packed = pack(&all, now);
        let sending = put_all(run.ports, run.clock, run.deadline, packed.requests)
            .await
            .or_out_of_time();
        for problem in sending.problems {
            work.fail(
                "the publisher's own metrics were not all sent",
                problem.fault,
            );
        }
        if self.serves(tick, Sink::Prometheus)
            && !work.prometheus_is_down
            && let Err(fault) = write_gauges(run, &series).await
        {
            tracing::error!(
                error = %ErrorChain(&fault),
                "the publisher's own metrics were not written to Prometheus"
            );
        }
    }

    /// What the day's incidents cost so far, where it is time to tell.
    async fn incidents(
        &self,
        run: &Run<'_, P, C>,
        tick: &Tick,
        work: &mut Work,
    ) -> Option<SeriesMinute> {
        if !self.serves(tick, Sink::CloudWatch) || !run.has_time() {
            return None;
        }
        let (rules, book) = {
            let watch = self.watch.get();
            (watch.workloads(), watch.prices())
        };
        let namespace = incident_costs::namespace(&rules);
        let whole = (namespace, self.config.environment.as_str());
        match tell(run, &self.told_incidents, &book, whole).await {
            Ok(series) => series,
            Err(fault) => {
                work.fail("the cost per incident was not told", fault);
                None
            }
        }
    }
}

/// What one tick leaves to the next. Poison says that a tick panicked before it put anything back: then there is nothing.
fn keep<T>(kept: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
