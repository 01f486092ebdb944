//! The scenario: its steps in order, and the result that each must have.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use picket_aws::stream::{self, Stream};
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
};

use super::{
    charts, expectations, repairs,
    steps::Steps,
    story::{self, Minute, Phase},
    throttled,
};
use crate::{
    evaluator::{Change, Evaluator},
    journal::LineEvent,
    line::Line,
};

/// In place of the mapping's ten seconds: a batch of the demo never fills.
pub(super) const WINDOW: Duration = Duration::from_millis(200);

/// A story's minute takes this long to watch; headless, only as long as the work in it.
const PACE: Duration = Duration::from_millis(1_500);

/// The template's parameters for the demo.
pub(super) fn parameters() -> Vec<(String, String)> {
    // The first act's playbooks observe in act mode too, and the kill switch is off.
    [
        ("SchedulingAgent", "true"),
        ("SchedulingAgentFunctionName", throttled::NAME),
        ("RemediationMode", "act"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
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
    repairs::put_playbooks(line, "observe").await?;
    stage.evaluator.settle(from).await?;
    let phase = |phase| story.iter().filter(move |minute| minute.phase == phase);
    let begin = line.journal.len();
    let critical = "bedrock-errors";
    let (alarmed, recovered) = (["ALARM", critical], ["OK", critical]);

    steps
        .see("Healthy traffic", stage.healthy(phase(Phase::Healthy)))
        .await;
    steps.see("Heartbeat", expectations::heartbeat(line)).await;
    line.slack.hang(true);
    steps
        .see(
            "Errors rise while Slack hangs",
            stage.trouble(phase(Phase::Trouble)),
        )
        .await;
    let page = expectations::paged_without_slack(line, begin, critical);
    steps.see("Page goes out meanwhile", page).await;
    let mail = expectations::mailed_without_slack(line, begin, critical);
    steps.see("E-mail goes out meanwhile", mail).await;
    line.slack.hang(false);
    let alarm = expectations::slack(line, begin, &alarmed, "");
    steps.see("Slack catches up", alarm).await;
    steps
        .see("Repair planned", expectations::plan(line, begin))
        .await;
    let plan = expectations::slack(
        line,
        begin,
        &["scheduling-agent-throttles"],
        "put-function-concurrency",
    );
    steps.see("Plan in Slack", plan).await;
    let mark = line.journal.len();
    steps
        .see("Recovery", stage.recovery(phase(Phase::Recovery)))
        .await;
    let ok = expectations::slack(line, mark, &recovered, "");
    steps.see("OK in Slack", ok).await;
    let incident = expectations::incident(line, begin, critical);
    steps.see("One message an incident", incident).await;
    let paged = expectations::paged(line, begin, critical);
    steps.see("Paged, and resolved", paged).await;
    steps
        .see("Cost report", expectations::report(line, now))
        .await;
    let report = expectations::slack(line, mark, &["Cost of"], "Amazon Bedrock");
    steps.see("Report in Slack", report).await;
    Ok(())
}

impl Stage<'_> {
    async fn healthy<'m>(&mut self, minutes: impl Iterator<Item = &'m Minute>) -> Result<String> {
        let mut counted = 0.0;
        for minute in minutes {
            let (series, changes) = self.minute(minute).await?;
            // Alarms on silence clear with the first events.
            ensure!(
                changes.iter().all(|change| change.to != State::Alarm),
                "an alarm fired in a healthy minute: {changes:?}"
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

    /// One minute of the story: its events go in, the publisher ticks, the alarms are evaluated.
    async fn minute(
        &mut self,
        minute: &Minute,
    ) -> Result<(Vec<crate::journal::SeriesPoints>, Vec<Change>)> {
        let pace = SystemClock.sleep(self.pace);
        let work = async {
            self.send(minute).await?;
            self.line.tick().await?;
            let range = charts::Range {
                from: self.from,
                to: minute.ends_at(),
            };
            let series = charts::read(
                &self.line.clients.cloudwatch(),
                &self.line.known,
                &self.evaluator.definitions(),
                range,
            )
            .await?;
            self.line.journal.write(
                SystemClock.now(),
                LineEvent::Datapoints {
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
            let event = LineEvent::Sent {
                events,
                errors: std::mem::take(&mut errors),
                total,
            };
            journal.write(SystemClock.now(), event);
        };
        let marks = stream::put_all(&self.stream, &minute.events, &SystemClock, each).await?;
        self.sent = total;
        self.line.drained(&marks).await;
        Ok(())
    }
}
