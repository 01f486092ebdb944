//! The daily health check: a report for each workload that is on, sent like a message of its severity's topic.

use picket_rules::health as expected;
use picket_shared::{Severity, clock::Clock, fleet::FleetMessage, fleet::HealthReport};

use super::{Handler, InvocationState, read::Read};
use crate::{
    config::Config,
    delivery::SendError,
    health::{Plan, Stack, Window},
    message::{Body, Message},
    ports::Ports,
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Reads the metrics of each workload, and sends what came of it. A workload whose metrics cannot be read fails the
    /// invocation, which is tried again; the others are sent.
    pub(super) async fn send_health(&self, id: &str, run: &InvocationState<'_>) {
        let window = Window::before(self.delivery.clock.now());
        let stack = Stack {
            name: &self.config.stack,
            environment: &self.config.environment,
        };
        for health in expected::built_in() {
            let Some(plan) = Plan::new(health, &self.config.health, stack) else {
                continue;
            };
            if let Err(error) = self.check_health(&plan, window, run).await {
                run.fail(id, error);
            }
        }
    }

    async fn check_health(
        &self,
        plan: &Plan<'_>,
        window: Window,
        run: &InvocationState<'_>,
    ) -> Result<(), SendError> {
        let reading = self.delivery.ports.read_metrics(&plan.queries, window);
        let answers = self.delivery.within(run.invocation, reading).await;
        let answers = answers.and_then(|read| read).map_err(|source| {
            let workload = plan.workload().to_owned();
            SendError::NoMetrics { workload, source }
        })?;
        let report = plan.report(&answers, window);
        if report.checks.is_empty() {
            return Ok(());
        }
        let message = message(report, &self.config);
        let read = Read::new(&message, "health-report", 0, self.delivery.clock.now());
        match self.silence(&read).await {
            Some(silence) => self.hold_back(&read, &silence, run).await,
            None => self.send_or_keep(&read, run).await,
        }
        Ok(())
    }
}

/// The report as a message of the topic of its severity. A retry has the same id, so that it sends only what was not
/// sent; SNS gives no message an id with a slash.
fn message(report: HealthReport, config: &Config) -> Message {
    let topics = &config.topics;
    let topic = match report.severity() {
        Severity::Info => &topics.info,
        Severity::Warning | Severity::Critical => &topics.warning,
    };
    let id = format!("health-report/{}/{}", report.workload, report.to);
    let report = FleetMessage::HealthReport(Box::new(report));
    Message {
        topic: topic.clone(),
        id: Some(id),
        ..Message::bare(Body::of_text(&report.to_json()))
    }
}
