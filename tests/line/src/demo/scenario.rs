//! The scenario: what is done in which order, and what must be seen of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, tz::TimeZone};
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
    fleet::{CostReport, RemediationMessage},
};
use serde_json::json;

use super::{
    charts,
    steps::Steps,
    story::{self, Minute, Phase},
    throttled,
};
use crate::{
    evaluator::{Change, Evaluator},
    journal::Happening,
    line::Line,
    producer::{self, Stream},
};

/// In place of the mapping's ten seconds: a batch of the demo never fills.
pub(super) const WINDOW: Duration = Duration::from_millis(200);

/// A story's minute takes this long to watch; headless, only as long as the work in it.
const PACE: Duration = Duration::from_millis(1_500);

/// The template's parameters for the demo.
pub(super) fn parameters() -> Vec<(String, String)> {
    vec![(
        "SchedulingAgentFunctionName".to_owned(),
        throttled::NAME.to_owned(),
    )]
}

/// The alarms that the story is about. The line's own watch the present, and the story is past.
fn concerns(alarm: &str) -> bool {
    alarm.contains("-bedrock-") || alarm.contains("-scheduling-agent-")
}

struct Stage<'a> {
    line: &'a Line,
    stream: Stream,
    evaluator: Evaluator,
    from: Timestamp,
    sent: u64,
    pace: Duration,
}

/// Plays the story on a deployed line.
pub(super) async fn play(
    line: &Line,
    steps: &mut Steps<SystemClock>,
    headless: bool,
) -> Result<()> {
    let now = SystemClock.now();
    let story = story::story(now, &format!("demo-{}", now.as_millisecond()));
    let from = story.first().context("the story has no minutes")?.starts_at;
    let mut stage = Stage {
        line,
        stream: Stream::new(line.clients.kinesis(), line.outputs.get("EventStream")?),
        evaluator: Evaluator::of(&line.clients, &line.journal, concerns).await?,
        from,
        sent: 0,
        pace: if headless { Duration::ZERO } else { PACE },
    };
    throttled::create(line).await?;
    stage.evaluator.settle(from).await?;
    let phase = |phase| story.iter().filter(move |minute| minute.phase == phase);
    let mark = line.journal.len();

    steps
        .see("Healthy traffic", stage.healthy(phase(Phase::Healthy)))
        .await;
    steps.see("Heartbeat", stage.heartbeat()).await;
    steps
        .see("Errors rise", stage.trouble(phase(Phase::Trouble)))
        .await;
    steps
        .see(
            "Alarm in Slack",
            stage.slack(mark, &["bedrock-errors", "ALARM"]),
        )
        .await;
    steps.see("Repair planned", stage.plan(mark)).await;
    steps
        .see(
            "Plan in Slack",
            stage.slack(mark, &[throttled::NAME, "PutFunctionConcurrency"]),
        )
        .await;
    let mark = line.journal.len();
    steps
        .see("Recovery", stage.recovery(phase(Phase::Recovery)))
        .await;
    steps
        .see("OK in Slack", stage.slack(mark, &["bedrock-errors", "OK"]))
        .await;
    steps.see("Cost report", stage.report(now)).await;
    steps
        .see("Report in Slack", stage.slack(mark, &["Amazon Bedrock"]))
        .await;
    Ok(())
}

impl Stage<'_> {
    async fn healthy<'m>(&mut self, minutes: impl Iterator<Item = &'m Minute>) -> Result<String> {
        let mut counted = 0.0;
        for minute in minutes {
            let (series, changes) = self.minute(minute).await?;
            ensure!(
                changes.is_empty(),
                "an alarm changed in a healthy minute: {changes:?}"
            );
            counted += charts::value(&series, "Requests", minute.starts_at).unwrap_or_default();
        }
        ensure!(counted > 0.0, "no request reached the metric Requests");
        Ok(format!(
            "{} events sent, {counted} requests counted by CloudWatch's metric",
            self.sent
        ))
    }

    async fn trouble<'m>(&mut self, minutes: impl Iterator<Item = &'m Minute>) -> Result<String> {
        let mut fired: Vec<String> = vec![];
        for minute in minutes {
            throttled::report(&self.line.clients, minute).await?;
            let (_, changes) = self.minute(minute).await?;
            fired.extend(
                changes
                    .into_iter()
                    .filter(|change| change.to == State::Alarm)
                    .map(|change| change.name),
            );
        }
        for alarm in ["-bedrock-errors", "-scheduling-agent-throttles"] {
            ensure!(
                fired.iter().any(|name| name.ends_with(alarm)),
                "the alarm {alarm} stayed silent; fired: {fired:?}"
            );
        }
        Ok(format!("ALARM: {}", fired.join(", ")))
    }

    async fn recovery<'m>(&mut self, minutes: impl Iterator<Item = &'m Minute>) -> Result<String> {
        let mut recovered: Vec<String> = vec![];
        for minute in minutes {
            throttled::report(&self.line.clients, minute).await?;
            let (_, changes) = self.minute(minute).await?;
            recovered.extend(
                changes
                    .into_iter()
                    .filter(|change| change.to == State::Ok)
                    .map(|change| change.name),
            );
        }
        ensure!(
            recovered
                .iter()
                .any(|name| name.ends_with("-bedrock-errors")),
            "the alarm stayed; OK: {recovered:?}"
        );
        Ok(format!("OK: {}", recovered.join(", ")))
    }

    /// One minute of the story: its events go in, the publisher ticks, the alarms look.
    async fn minute(
        &mut self,
        minute: &Minute,
    ) -> Result<(Vec<crate::journal::SeriesPoints>, Vec<Change>)> {
        let pace = SystemClock.sleep(self.pace);
        let work = async {
            self.send(minute).await?;
            self.line.tick().await?;
            let series = charts::read(&self.line.clients, self.from, minute.ends_at()).await?;
            self.line.journal.write(
                SystemClock.now(),
                Happening::Datapoints {
                    series: series.clone(),
                },
            );
            let changes = self.evaluator.tick(minute.ends_at()).await?;
            anyhow::Ok((series, changes))
        };
        let (result, ()) = tokio::join!(work, pace);
        result
    }

    async fn send(&mut self, minute: &Minute) -> Result<()> {
        let (journal, mut total, mut errors) =
            (&self.line.journal, self.sent, u64::from(minute.errors));
        let each = |events: usize| {
            let events = events as u64;
            total += events;
            let happening = Happening::Sent {
                events,
                errors: std::mem::take(&mut errors),
                total,
            };
            journal.write(SystemClock.now(), happening);
        };
        let marks = producer::put_all(&self.stream, &minute.events, &SystemClock, each).await?;
        self.sent = total;
        self.line.drained(&marks).await;
        Ok(())
    }

    /// The heartbeat that the last tick sent goes through stream and chain, and the next tick publishes it.
    async fn heartbeat(&self) -> Result<String> {
        let cloudwatch = self.line.clients.cloudwatch();
        loop {
            let metrics = cloudwatch
                .list_metrics()
                .namespace("Picket")
                .metric_name("Heartbeat")
                .send()
                .await?;
            if !metrics.metrics().is_empty() {
                return Ok("Picket Heartbeat is listed: the whole way works".to_owned());
            }
            self.line.tick().await?;
            SystemClock.sleep(WINDOW).await;
        }
    }

    /// A message in Slack, taken by it, that says all of this.
    async fn slack(&self, from: usize, words: &[&str]) -> Result<String> {
        let said = |happening: &Happening| match happening {
            Happening::Slack {
                webhook,
                payload,
                answer,
            } if answer == "ok" => {
                let text = payload.to_string();
                words.iter().all(|word| text.contains(word)).then(|| {
                    format!(
                        "#{webhook}: {}",
                        payload["text"].as_str().unwrap_or_default()
                    )
                })
            }
            _ => None,
        };
        Ok(self.line.journal.wait_for(from, said).await)
    }

    async fn plan(&self, from: usize) -> Result<String> {
        let planned = |happening: &Happening| match happening {
            Happening::Plan { message }
                if message
                    .target
                    .as_ref()
                    .is_some_and(|target| target.contains(throttled::NAME)) =>
            {
                Some(message.clone())
            }
            _ => None,
        };
        let message: Box<RemediationMessage> = self.line.journal.wait_for(from, planned).await;
        ensure!(
            !message.requests.is_empty(),
            "the remediator would do nothing: {}",
            message.text
        );
        Ok(message.text)
    }

    async fn report(&self, now: Timestamp) -> Result<String> {
        // In earnest it is yesterday's; the story's tokens are today's.
        let today = now.to_zoned(TimeZone::UTC).date();
        let from = self.line.journal.len();
        self.line
            .invoke(
                "CostReporter",
                &json!({"picket": {"kind": "daily-report", "version": 1}, "date": today.to_string()}),
            )
            .await?;
        let reported = |happening: &Happening| match happening {
            Happening::Report { report } if report.date == today => Some(report.clone()),
            _ => None,
        };
        let report: Box<CostReport> = self.line.journal.wait_for(from, reported).await;
        let total = report.total.context("the report has no total")?;
        let tokens = report
            .token_cost_usd
            .context("the report has no token cost")?;
        ensure!(!tokens.is_zero(), "the story's tokens cost nothing");
        let (currency, services) = (&report.currency, report.by_service.len());
        Ok(format!(
            "{total} {currency} on {today}, {services} services; tokens {tokens}"
        ))
    }
}
