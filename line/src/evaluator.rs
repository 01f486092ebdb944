//! CloudWatch's alarms, evaluated as CloudWatch would: the emulator's own evaluation ignores missing data and M of N,
//! and happens at each put. [`picket_alarms`] decides; this reads the metrics, notifies the topics and sets the state.

mod by_hand;
mod data;
mod deployed;
mod properties;
mod seen;

pub(crate) use by_hand::ByHand;
pub use properties::of as properties;

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};
use jiff::Timestamp;
use picket_alarms::{
    Definition, Evaluation, Statistic, evaluate,
    payload::{self, Origin},
};
use picket_shared::alarm::State;
use serde_json::json;

use crate::{
    aws::Clients,
    journal::{AlarmState, Journal, LineEvent},
};

/// CloudWatch's name of [`crate::emulator::REGION`] in its messages.
const REGION_NAME: &str = "US East (N. Virginia)";

/// An alarm's change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The alarm.
    pub name: String,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
}

/// The alarms of a deployed stack.
#[derive(Debug)]
pub struct Evaluator {
    cloudwatch: aws_sdk_cloudwatch::Client,
    sns: aws_sdk_sns::Client,
    journal: Journal,
    alarms: Vec<Alarm>,
}

#[derive(Debug)]
struct Alarm {
    definition: Definition,
    threshold: f64,
    origin: Origin,
    state: State,
    reason: String,
}

impl Evaluator {
    /// The deployed alarms for which `wanted` returns true, by name.
    pub async fn of(
        clients: &Clients,
        journal: &Journal,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let alarms = deployed::metric_alarms(&clients.cloudwatch()).await?;
        let alarms = alarms
            .iter()
            .filter(|alarm| alarm.alarm_name().is_some_and(&wanted))
            .map(|alarm| read(alarm, State::InsufficientData))
            .collect::<Result<_>>()?;
        Ok(Self::new(clients, journal, alarms))
    }

    /// Every alarm that exists, in the state that it has, and the names of those that the line cannot evaluate.
    pub async fn of_all(clients: &Clients, journal: &Journal) -> Result<(Self, Vec<String>)> {
        let (mut alarms, mut others) = (vec![], vec![]);
        for alarm in deployed::metric_alarms(&clients.cloudwatch()).await? {
            match read(&alarm, deployed::state(alarm.state_value())) {
                Ok(alarm) => alarms.push(alarm),
                Err(error) => {
                    tracing::debug!("an alarm is not evaluated: {error:#}");
                    others.extend(alarm.alarm_name);
                }
            }
        }
        Ok((Self::new(clients, journal, alarms), others))
    }

    fn new(clients: &Clients, journal: &Journal, alarms: Vec<Alarm>) -> Self {
        Self {
            cloudwatch: clients.cloudwatch(),
            sns: clients.sns(),
            journal: journal.clone(),
            alarms,
        }
    }

    /// The definitions of the alarms.
    pub(crate) fn definitions(&self) -> Vec<&Definition> {
        self.alarms.iter().map(|alarm| &alarm.definition).collect()
    }

    /// The alarms and their states.
    pub(crate) fn states(&self) -> Vec<AlarmState> {
        self.alarms.iter().map(Alarm::seen).collect()
    }

    /// The definition of an alarm as it is deployed.
    pub(crate) fn definition(&self, name: &str) -> Option<&Definition> {
        let definitions = self.alarms.iter().map(|alarm| &alarm.definition);
        definitions.into_iter().find(|one| one.name == name)
    }

    /// Evaluates every alarm for the first time, and sends no notification: the first states of a deployment are no
    /// changes.
    pub async fn settle(&mut self, now: Timestamp) -> Result<()> {
        for number in 0..self.alarms.len() {
            let evaluation = self.evaluate(number, now).await?;
            self.enter(number, &evaluation, now).await?;
        }
        Ok(())
    }

    /// Evaluates every alarm at `now`; changes are notified.
    pub async fn tick(&mut self, now: Timestamp) -> Result<Vec<Change>> {
        let mut changes = vec![];
        for number in 0..self.alarms.len() {
            let from = self.alarms[number].state;
            let evaluation = self.evaluate(number, now).await?;
            if evaluation.state != from {
                self.enter(number, &evaluation, now).await?;
                self.notify(number, from, &evaluation, now).await?;
                let name = self.alarms[number].definition.name.clone();
                changes.push(Change {
                    name,
                    from,
                    to: evaluation.state,
                });
            }
        }
        Ok(changes)
    }

    /// Puts every alarm into a state and notifies its topics, as `SetAlarmState` does in a drill.
    pub async fn drill(&mut self, state: State, now: Timestamp) -> Result<()> {
        for number in 0..self.alarms.len() {
            let from = self.alarms[number].state;
            let evaluation = by_hand(state, now);
            self.enter(number, &evaluation, now).await?;
            self.notify(number, from, &evaluation, now).await?;
        }
        Ok(())
    }

    /// Notifies the alarms' topics of a state in which the alarms are not: what any publisher of a topic can do.
    pub async fn forge(&self, state: State, now: Timestamp) -> Result<()> {
        for number in 0..self.alarms.len() {
            let from = self.alarms[number].state;
            self.notify(number, from, &by_hand(state, now), now).await?;
        }
        Ok(())
    }

    async fn evaluate(&self, number: usize, now: Timestamp) -> Result<Evaluation> {
        let Alarm {
            definition, state, ..
        } = &self.alarms[number];
        let series = data::series(&self.cloudwatch, definition, now)
            .await
            .with_context(|| format!("the metrics of {} cannot be read", definition.name))?;
        Ok(evaluate(definition, *state, &series, now))
    }

    async fn enter(
        &mut self,
        number: usize,
        evaluation: &Evaluation,
        now: Timestamp,
    ) -> Result<()> {
        let alarm = &mut self.alarms[number];
        alarm.state = evaluation.state;
        alarm.reason.clone_from(&evaluation.reason);
        self.cloudwatch
            .set_alarm_state()
            .alarm_name(&alarm.definition.name)
            .state_value(state_value(evaluation.state))
            .state_reason(&evaluation.reason)
            .state_reason_data(evaluation.reason_data.to_string())
            .send()
            .await?;
        self.journal.write(now, LineEvent::Alarm(alarm.seen()));
        Ok(())
    }

    async fn notify(
        &self,
        number: usize,
        from: State,
        evaluation: &Evaluation,
        now: Timestamp,
    ) -> Result<()> {
        let Alarm {
            definition, origin, ..
        } = &self.alarms[number];
        let message = payload::sns_message(definition, origin, from, evaluation, now);
        for topic in payload::actions(definition, evaluation.state) {
            self.sns
                .publish()
                .topic_arn(topic)
                .subject(payload::subject(definition, origin, evaluation.state))
                .message(message.to_string())
                .send()
                .await
                .with_context(|| format!("{} cannot notify {topic}", definition.name))?;
        }
        Ok(())
    }
}

/// A state without a reason in the metric. The data has the time of the change, which `SetAlarmState` does not take.
fn by_hand(state: State, now: Timestamp) -> Evaluation {
    Evaluation {
        state,
        reason: "testing".to_owned(),
        reason_data: json!({"version": "1.0", "queryDate": now.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()}),
    }
}

fn read(alarm: &MetricAlarm, state: State) -> Result<Alarm> {
    let definition = Definition::from_properties(&properties::of(alarm))?;
    let threshold = threshold(&definition)?;
    let origin = origin(
        alarm.alarm_arn(),
        alarm.alarm_configuration_updated_timestamp(),
    )?;
    Ok(Alarm {
        definition,
        threshold,
        origin,
        state,
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
    })
}

fn origin(
    arn: Option<&str>,
    configured_at: Option<&aws_sdk_cloudwatch::primitives::DateTime>,
) -> Result<Origin> {
    let arn = arn.context("an alarm without an ARN")?.to_owned();
    let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
    let configured_at = configured_at.map_or(0, aws_sdk_cloudwatch::primitives::DateTime::secs);
    Ok(Origin {
        arn,
        account,
        region_name: REGION_NAME.to_owned(),
        configured_at: Timestamp::from_second(configured_at)?,
    })
}

/// The threshold of an alarm that the line can evaluate. The emulator has neither anomaly models nor the data of functions
/// that only AWS can compute, no Metrics Insights, and of the extended statistics only percentiles.
fn threshold(definition: &Definition) -> Result<f64> {
    let name = &definition.name;
    let statistics = definition.inputs().iter().map(|input| input.statistic);
    for statistic in statistics.filter(|statistic| statistic.is_extended()) {
        let percentile = matches!(statistic, Statistic::Percentile(_));
        ensure!(
            percentile,
            "{name}: the emulator does not compute {statistic}"
        );
    }
    ensure!(
        definition.supplied().is_empty() && definition.queries().is_empty(),
        "{name}: the local line has no anomaly bands, Metrics Insights or live functions"
    );
    ensure!(
        definition.warm_up.is_none(),
        "{name}: the local line has no warm-up"
    );
    ensure!(
        definition.period >= 60,
        "{name}: the local line reads minutes"
    );
    let threshold = definition.threshold.value();
    threshold.with_context(|| format!("{name}: an anomaly band has no number"))
}

fn state_value(state: State) -> StateValue {
    match state {
        State::Ok => StateValue::Ok,
        State::Alarm => StateValue::Alarm,
        State::InsufficientData => StateValue::InsufficientData,
    }
}
