//! An alarm of the second act, evaluated over its metric, or put into its states by hand.

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, Statistic};
use jiff::Timestamp;
use picket_shared::{
    alarm::State,
    clock::{Clock, SystemClock},
    fleet::Outcome,
};

use crate::{evaluator::Evaluator, journal::LineEvent, line::Line};

/// The metric that the alarm watches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched<'a> {
    pub(super) namespace: &'a str,
    pub(super) metric: &'a str,
    pub(super) dimensions: &'a [(&'a str, &'a str)],
}

impl Watched<'_> {
    /// The dimensions, for a request.
    pub(super) fn dimensions(&self) -> Vec<Dimension> {
        let dimension =
            |(name, value): &(&str, &str)| Dimension::builder().name(*name).value(*value).build();
        self.dimensions.iter().map(dimension).collect()
    }
}

/// The alarm.
pub(super) struct Drill<'a> {
    /// Its name.
    pub(super) alarm: String,
    /// The length of the journal when it was created.
    pub(super) mark: usize,
    line: &'a Line,
    evaluator: Evaluator,
}

impl<'a> Drill<'a> {
    /// Creates an alarm that notifies the critical topic.
    pub(super) async fn create(line: &'a Line, name: &str, watched: Watched<'_>) -> Result<Self> {
        let alarm = format!("{}-{name}", line.stack());
        let topic = line.outputs.get("CriticalTopic")?;
        line.clients
            .cloudwatch()
            .put_metric_alarm()
            .alarm_name(&alarm)
            .namespace(watched.namespace)
            .metric_name(watched.metric)
            .set_dimensions(Some(watched.dimensions()))
            .statistic(Statistic::Sum)
            .period(60)
            .evaluation_periods(1)
            .threshold(0.0)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            // As in the templates: the emulator's own notifications lack fields.
            .actions_enabled(false)
            .alarm_actions(topic)
            .ok_actions(topic)
            .send()
            .await
            .with_context(|| format!("the alarm {alarm} cannot be created"))?;
        let evaluator = Evaluator::of(&line.clients, &line.journal, |name| name == alarm).await?;
        Ok(Self {
            mark: line.journal.len(),
            alarm,
            line,
            evaluator,
        })
    }

    /// Evaluates the alarm as of a time, up to which its metric must have put it into this state.
    pub(super) async fn evaluate(&mut self, state: State, at: Timestamp) -> Result<()> {
        self.evaluator.tick(at).await?;
        let states = self.evaluator.states();
        let is = states.first().map(|alarm| alarm.state);
        ensure!(is == Some(state), "{} is {is:?}, not {state:?}", self.alarm);
        Ok(())
    }

    /// Puts the alarm into a state now.
    pub(super) async fn enter(&mut self, state: State) -> Result<()> {
        self.evaluator.drill(state, now()?).await
    }

    /// Publishes the alarm's message about a state in which it is not.
    pub(super) async fn forge(&self, state: State) -> Result<()> {
        self.evaluator.forge(state, now()?).await
    }

    /// Why the remediator refused to change anything, once it has.
    pub(super) fn refusal(&self) -> Option<String> {
        let (past, _) = self.line.journal.follow();
        past.iter()
            .skip(self.mark)
            .find_map(|entry| match &entry.event {
                LineEvent::Plan { message }
                    if message.alarm_name == self.alarm && message.outcome == Outcome::Refused =>
                {
                    Some(message.text.clone())
                }
                _ => None,
            })
    }

    /// Waits for a reply in the thread of the alarm's incident, with these words in its headline and this text in it.
    pub(super) async fn reply(&self, words: &str, body: &str) -> Result<String> {
        super::expectations::reply(self.line, self.mark, &self.alarm, words, body).await
    }
}

/// The time in milliseconds, as alarms have it.
pub(super) fn now() -> Result<Timestamp> {
    Ok(Timestamp::from_millisecond(
        SystemClock.now().as_millisecond(),
    )?)
}
