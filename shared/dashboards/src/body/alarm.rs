//! An alarm of the template: what it evaluates, and the line at its threshold.

use serde_json::{Value, json};

use super::{
    conditions::implies,
    row::{Row, Shown},
};
use crate::{
    InvalidDashboard,
    pretty::number_of,
    source::{Axis, Colour, Look},
};

/// The types of alarms.
const KINDS: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

/// An alarm as the template declares it.
pub(super) struct Watched<'t> {
    id: &'t str,
    resource: &'t Value,
    /// The template's conditions.
    conditions: &'t Value,
}

impl<'t> Watched<'t> {
    /// All alarms, in the order of the template.
    pub(super) fn all(template: &'t Value) -> impl Iterator<Item = Self> {
        let resources = template["Resources"].as_object().into_iter().flatten();
        resources
            .map(|(id, resource)| Self {
                id,
                resource,
                conditions: &template["Conditions"],
            })
            .filter(|alarm| KINDS.iter().any(|kind| alarm.resource["Type"] == *kind))
    }

    /// An alarm by its logical id.
    fn find(template: &'t Value, id: &str) -> Result<Self, InvalidDashboard> {
        let found = Self::all(template).find(|alarm| alarm.id == id);
        found.ok_or_else(|| InvalidDashboard::NoAlarm(id.to_owned()))
    }

    /// An alarm that exists wherever something of this condition does. Of another one, the line would be at the threshold
    /// of an alarm that is not there.
    pub(super) fn existing(
        template: &'t Value,
        id: &str,
        condition: Option<&str>,
    ) -> Result<Self, InvalidDashboard> {
        let alarm = Self::find(template, id)?;
        match alarm.condition() {
            Some(own) if !alarm.exists_with(condition) => Err(InvalidDashboard::Condition {
                id: id.to_owned(),
                condition: own.to_owned(),
            }),
            _ => Ok(alarm),
        }
    }

    fn condition(&self) -> Option<&'t str> {
        self.resource["Condition"].as_str()
    }

    /// Whether it exists wherever something of this condition does.
    pub(super) fn exists_with(&self, condition: Option<&str>) -> bool {
        self.condition().is_none_or(|own| {
            condition.is_some_and(|condition| implies(self.conditions, condition, own))
        })
    }

    /// Its ARN, by its name: `Fn::GetAtt` cannot be used of a resource that may not exist.
    pub(super) fn arn(&self) -> Result<String, InvalidDashboard> {
        let name = self.text("AlarmName")?;
        Ok(format!(
            "arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{name}"
        ))
    }

    /// What it evaluates.
    pub(super) fn rows(&self, look: &Look) -> Result<Vec<Row>, InvalidDashboard> {
        let properties = self.properties();
        let Some(queries) = properties["Metrics"].as_array() else {
            let period = self.seconds(&properties["Period"])?;
            let statistic = ["Statistic", "ExtendedStatistic"]
                .iter()
                .map(|name| &properties[name])
                .find(|statistic| !statistic.is_null());
            let shown = self.metric(properties, statistic)?;
            return Ok(vec![Row {
                shown,
                period: Some(period),
                id: look.id.clone(),
                label: look.label.clone(),
                colour: Some(look.colour),
                axis: look.axis,
                is_hidden: look.hidden,
            }]);
        };
        let period = queries
            .iter()
            .find_map(|query| query["MetricStat"].get("Period"));
        let period = self.seconds(period.unwrap_or(&Value::Null))?;
        let row = |query: &Value| {
            let expression = &query["Expression"];
            let shown = if expression.is_null() {
                let stat = &query["MetricStat"];
                self.metric(&stat["Metric"], stat.get("Stat"))?
            } else {
                Shown::Expression(self.text_of(expression, "Expression")?)
            };
            let is_returned = query["ReturnData"] != false;
            let label = look.label.clone().filter(|_| is_returned);
            Ok(Row {
                shown,
                period: Some(period),
                id: query["Id"].as_str().map(str::to_owned),
                label: label.or_else(|| query["Label"].as_str().map(str::to_owned)),
                colour: is_returned.then_some(look.colour),
                axis: look.axis,
                is_hidden: look.hidden || !is_returned,
            })
        };
        queries.iter().map(row).collect()
    }

    /// The line at its threshold, as a horizontal annotation; none of an anomaly band.
    pub(super) fn line(&self, axis: Axis) -> Result<Option<Value>, InvalidDashboard> {
        let properties = self.properties();
        let value = match &properties["Threshold"] {
            Value::Null => return Ok(None),
            number @ Value::Number(_) => number.clone(),
            other => number_of(&self.text_of(other, "Threshold")?),
        };
        let comparison = properties["ComparisonOperator"]
            .as_str()
            .unwrap_or_default();
        let bound = match comparison {
            "GreaterThanThreshold" => "above",
            "GreaterThanOrEqualToThreshold" => "at least",
            "LessThanThreshold" => "below",
            "LessThanOrEqualToThreshold" => "at most",
            other => return Err(self.refused(format!("the comparison {other:?} is of a band"))),
        };
        let (severity, colour) = self.severity();
        let number = value
            .as_str()
            .map_or_else(|| value.to_string(), |text| text[1..].to_owned());
        let mut line = json!({
            "label": format!("{severity}: {bound} {number}{}", self.persistence()),
            "value": value,
            "color": colour.shades()[0],
        });
        if axis == Axis::Right {
            line["yAxis"] = json!("right");
        }
        Ok(Some(line))
    }

    fn properties(&self) -> &'t Value {
        &self.resource["Properties"]
    }

    /// By the topic that it notifies.
    fn severity(&self) -> (String, Colour) {
        let topic = self.properties()["AlarmActions"][0]["Ref"].as_str();
        let topic = topic
            .and_then(|topic| topic.strip_suffix("TopicArn"))
            .unwrap_or("Alarm");
        let colour = match topic {
            "Warning" => Colour::Warning,
            "Info" => Colour::Neutral,
            _ => Colour::Critical,
        };
        (topic.to_lowercase(), colour)
    }

    /// How many periods must breach, where it is not one.
    fn persistence(&self) -> String {
        let properties = self.properties();
        let all = properties["EvaluationPeriods"].as_u64().unwrap_or(1);
        let breaching = properties["DatapointsToAlarm"].as_u64().unwrap_or(all);
        if all == 1 {
            return String::new();
        }
        format!(", {breaching} of {all} periods")
    }

    fn metric(&self, metric: &Value, statistic: Option<&Value>) -> Result<Shown, InvalidDashboard> {
        let part = |name: &str| self.text_of(&metric[name], name);
        let dimensions = metric["Dimensions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| {
                let name = self.text_of(&one["Name"], "Name")?;
                Ok((name, self.text_of(&one["Value"], "Value")?))
            });
        Ok(Shown::Metric {
            namespace: part("Namespace")?,
            name: part("MetricName")?,
            dimensions: dimensions.collect::<Result<_, _>>()?,
            statistic: self.text_of(
                statistic.ok_or_else(|| self.refused("it has no statistic".to_owned()))?,
                "Statistic",
            )?,
        })
    }

    fn seconds(&self, period: &Value) -> Result<u32, InvalidDashboard> {
        let seconds = period.as_u64().and_then(|seconds| seconds.try_into().ok());
        seconds.ok_or_else(|| self.refused(format!("its period is {period}, and not a number")))
    }

    fn text(&self, property: &str) -> Result<String, InvalidDashboard> {
        self.text_of(&self.properties()[property], property)
    }

    /// A text with placeholders.
    fn text_of(&self, value: &Value, property: &str) -> Result<String, InvalidDashboard> {
        let function = |name: &str| {
            value
                .get(name)
                .filter(|_| value.as_object().is_some_and(|map| map.len() == 1))
        };
        if let Some(text) = value.as_str() {
            return Ok(text.to_owned());
        }
        if let Some(name) = function("Ref").and_then(Value::as_str) {
            return Ok(format!("${{{name}}}"));
        }
        if let Some(text) = function("Fn::Sub").and_then(Value::as_str) {
            return Ok(text.to_owned());
        }
        if let Some(Value::Array(path)) = function("Fn::GetAtt") {
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            return Ok(format!("${{{}}}", path.join(".")));
        }
        Err(self.refused(format!(
            "{property} is {value}, and not a text, !Ref, !Sub or !GetAtt"
        )))
    }

    fn refused(&self, reason: String) -> InvalidDashboard {
        InvalidDashboard::Alarm {
            id: self.id.to_owned(),
            reason,
        }
    }
}
