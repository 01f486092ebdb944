//! A row for people.

use std::fmt;

use super::row::{Kind, Metric, Row, Watched};
use crate::{
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BOLD}{}{RESET}", Value(&self.name))?;
        match (self.monthly_usd, self.monthly_usd_per_analysed_metric) {
            (Some(dollars), _) => write!(f, "  ${dollars} a month")?,
            (None, Some(dollars)) => write!(f, "  ${dollars} a month for each metric analysed")?,
            (None, None) if self.error.is_none() => write!(f, "  price not known")?,
            (None, None) => {}
        }
        write!(
            f,
            "  {FAINT}{} {}{RESET}",
            Value(&self.file),
            Value(&self.id)
        )?;
        if let Some(error) = &self.error {
            write!(f, "\n  {BAD}cannot be read{RESET}: {}", Value(error))?;
        }
        match &self.kind {
            Some(Kind::Metric(metric)) => metric.write(f)?,
            Some(Kind::Composite { rule, suppressor }) => {
                write!(f, "\n  in ALARM where {}", Value(rule))?;
                if let Some(suppressor) = suppressor {
                    write!(f, ", suppressed by {}", Value(suppressor))?;
                }
            }
            None => {}
        }
        self.write_actions(f)?;
        for rule in &self.mute_rules {
            let (name, schedule) = (Value(&rule.name), Value(&rule.schedule));
            write!(f, "\n  {FAINT}muted by{RESET} {name}: {schedule}")?;
            if let Some(until) = rule.muted_until {
                write!(f, ", {BAD}now until {until}{RESET}")?;
            }
        }
        if let Some(runbook) = &self.runbook {
            write!(f, "\n  {FAINT}runbook{RESET} {}", Value(runbook))?;
        }
        if !self.parameters_without_value.is_empty() {
            let names = self.parameters_without_value.join(", ");
            write!(
                f,
                "\n  {FAINT}parameters without a value{RESET} {}",
                Value(&names)
            )?;
        }
        Ok(())
    }
}

impl Row {
    fn write_actions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = [
            ("ALARM", &self.alarm_actions),
            ("OK", &self.ok_actions),
            ("INSUFFICIENT_DATA", &self.insufficient_data_actions),
        ];
        let taken = states.iter().filter(|(_, actions)| !actions.is_empty());
        let taken: Vec<String> = taken
            .map(|(state, actions)| format!("{state} to {}", actions.join(" and ")))
            .collect();
        write!(f, "\n  {FAINT}actions{RESET} ")?;
        match taken.as_slice() {
            [] => write!(f, "none"),
            _ if self.actions_enabled => write!(f, "{}", Value(&taken.join("; "))),
            _ => write!(f, "switched off: {}", Value(&taken.join("; "))),
        }
    }
}

impl Metric {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_single = self.expressions.is_empty() && self.metrics.len() == 1;
        for metric in &self.metrics {
            write!(f, "\n  ")?;
            if !is_single {
                write!(f, "{} = ", Value(&metric.id))?;
            }
            metric.write(f)?;
        }
        for (id, text) in &self.expressions {
            write!(f, "\n  {} = {}", Value(id), Value(text))?;
        }
        write!(f, "\n  in ALARM where ")?;
        if !is_single {
            write!(f, "{} ", Value(&self.compared))?;
        }
        write!(f, "{}", sign(self.comparison))?;
        if let Some(threshold) = self.threshold {
            write!(f, " {threshold}")?;
        }
        let Self {
            period,
            evaluation_periods,
            datapoints_to_alarm,
            missing_data,
            ..
        } = self;
        write!(
            f,
            " in {datapoints_to_alarm} of {evaluation_periods} periods of {period} s; missing data: {missing_data}"
        )?;
        if let Some(labels) = &self.contributors_by {
            let labels = labels.join(" and ");
            write!(f, "\n  a contributor for each {}", Value(&labels))?;
        }
        Ok(())
    }
}

impl Watched {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespace, name) = (Value(&self.namespace), Value(&self.metric_name));
        write!(f, "{} of {namespace} {name}", self.statistic)?;
        for (name, value) in &self.dimensions {
            write!(f, " {}={}", Value(name), Value(value))?;
        }
        if let Some(unit) = &self.unit {
            write!(f, " in {}", Value(unit))?;
        }
        if let Some(account) = &self.account {
            write!(f, " of account {}", Value(account))?;
        }
        Ok(())
    }
}

/// A comparison as a sign or in words.
pub(in crate::commands::alarms) fn sign(comparison: &str) -> &str {
    match comparison {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        "GreaterThanUpperThreshold" => "is above the band",
        "LessThanLowerThreshold" => "is below the band",
        "LessThanLowerOrGreaterThanUpperThreshold" => "is outside the band",
        other => other,
    }
}
