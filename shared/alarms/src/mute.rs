//! Mute rules: times in which an alarm is evaluated, and none of its actions is taken (API reference,
//! `PutAlarmMuteRule`; user guide, "Alarm Mute Rules").

mod muting;
mod schedule;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

pub use muting::Muting;
pub use schedule::{InvalidSchedule, Schedule};

/// Alarms of a rule (API reference, `MuteTargets`).
const MOST_ALARMS: usize = 100;

/// A mute rule.
#[derive(Debug, Clone, PartialEq)]
pub struct MuteRule {
    /// Its name.
    pub name: String,
    /// When it mutes.
    pub schedule: Schedule,
    /// The names of the alarms that it mutes.
    pub alarms: Vec<String>,
    /// Before it the rule has no effect.
    pub start: Option<Timestamp>,
    /// From it on the rule has no effect.
    pub expire: Option<Timestamp>,
}

/// The reason why a mute rule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMuteRule {
    /// A property is not known, or of another type.
    #[error("these are not the properties of a mute rule: {0}")]
    Shape(String),
    /// Its schedule.
    #[error("{0}")]
    Schedule(#[from] InvalidSchedule),
    /// A date.
    #[error("{0:?} is not a date: write 2026-12-31T23:59:59Z")]
    Date(String),
    /// Too many alarms.
    #[error("a mute rule has at most {MOST_ALARMS} alarms, and this one {0}")]
    Alarms(usize),
}

/// A rule as CloudFormation and `GetAlarmMuteRule` spell it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Properties {
    #[serde(default)]
    name: String,
    rule: Rule,
    #[serde(default)]
    mute_targets: Targets,
    start_date: Option<String>,
    expire_date: Option<String>,
    // Texts, and what `GetAlarmMuteRule` adds.
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
    #[serde(rename = "AlarmMuteRuleArn")]
    _arn: Option<IgnoredAny>,
    #[serde(rename = "Status")]
    _status: Option<IgnoredAny>,
    #[serde(rename = "MuteType")]
    _type: Option<IgnoredAny>,
    #[serde(rename = "LastUpdatedTimestamp")]
    _updated: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    schedule: Times,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Times {
    expression: String,
    duration: String,
    timezone: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Targets {
    #[serde(default)]
    alarm_names: Vec<String>,
}

impl MuteRule {
    /// Reads the properties of `AWS::CloudWatch::AlarmMuteRule`, or an answer of `GetAlarmMuteRule`.
    pub fn from_properties(properties: &Value) -> Result<Self, InvalidMuteRule> {
        let read: Properties = serde_json::from_value(properties.clone())
            .map_err(|error| InvalidMuteRule::Shape(error.to_string()))?;
        let times = &read.rule.schedule;
        let timezone = times.timezone.as_deref();
        let schedule = Schedule::new(&times.expression, &times.duration, timezone)?;
        let alarms = read.mute_targets.alarm_names;
        if alarms.len() > MOST_ALARMS {
            return Err(InvalidMuteRule::Alarms(alarms.len()));
        }
        let date = |text: Option<String>| {
            let read = |text: String| {
                date(&text, schedule.zone()).ok_or_else(|| InvalidMuteRule::Date(text.clone()))
            };
            text.map(read).transpose()
        };
        Ok(Self {
            name: read.name,
            start: date(read.start_date)?,
            expire: date(read.expire_date)?,
            schedule,
            alarms,
        })
    }

    /// Whether it is a rule of an alarm.
    pub fn is_of(&self, alarm: &str) -> bool {
        self.alarms.iter().any(|name| name == alarm)
    }

    /// The end of the muting at `at`; `None` where it does not mute then.
    pub fn until(&self, at: Timestamp) -> Option<Timestamp> {
        let is_valid = self.start.is_none_or(|start| start <= at)
            && self.expire.is_none_or(|expire| at < expire);
        let end = self.schedule.until(at).filter(|_| is_valid)?;
        Some(self.expire.map_or(end, |expire| expire.min(end)))
    }
}

/// A date without an offset is of the rule's time zone (API reference, `Schedule`, `Timezone`).
fn date(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = |text: &str| {
        let local: DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(zone.clone()).ok()?;
        Some(zoned.timestamp())
    };
    text.parse().ok().or_else(|| local(text))
}

#[cfg(test)]
mod tests;
