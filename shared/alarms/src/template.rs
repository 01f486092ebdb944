//! A CloudFormation template's resources with its intrinsic functions resolved, as far as alarms need it.
//!
//! `Ref` of a resource is its logical id, of an alarm its name; `Fn::GetAtt` is `LogicalId.Attribute`. The template comes as JSON,
//! tags such as `!Sub` already in their long form.

mod intrinsic;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Definition, InvalidDefinition, cases::Subject, composite::InvalidRule};
use intrinsic::Resolver;

/// Why a template cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTemplate {
    /// A parameter has neither value nor default.
    #[error("the parameter {0} has no value and no default")]
    Parameter(String),
    /// An intrinsic function that is not known, or that does not have the arguments it needs.
    #[error("{0} cannot be resolved")]
    Function(String),
    /// A name stands for nothing.
    #[error("{kind} {name} is not in the template")]
    Unknown {
        /// What it would be: a condition, a mapping, a parameter or resource.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// An alarm cannot be read.
    #[error("the alarm {id} cannot be read")]
    Alarm {
        /// Its logical id.
        id: String,
        /// Why.
        #[source]
        source: InvalidDefinition,
    },
    /// A composite alarm's rule cannot be read.
    #[error("the composite alarm {id} cannot be read")]
    Rule {
        /// Its logical id.
        id: String,
        /// Why.
        #[source]
        source: InvalidRule,
    },
}

/// A template whose conditions, parameters and functions are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The resources that exist, by logical id: type and properties.
    pub resources: BTreeMap<String, Resource>,
}

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// As in `AWS::CloudWatch::Alarm`.
    pub kind: String,
    /// Its properties.
    pub properties: Value,
}

/// An alarm of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateAlarm {
    /// Its logical id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub subject: Subject,
}

/// Resolves a template for a stack. `parameters` need not hold those with defaults.
pub fn resolve(
    template: &Value,
    stack: &str,
    parameters: &BTreeMap<String, Value>,
) -> Result<Resolved, InvalidTemplate> {
    let resolver = Resolver::new(template, stack, parameters)?;
    let empty = Map::new();
    let declared = template
        .get("Resources")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut resources = BTreeMap::new();
    for (id, resource) in declared {
        if !resolver.exists(resource)? {
            continue;
        }
        let properties = resource
            .get("Properties")
            .cloned()
            .unwrap_or_else(|| Value::Object(Map::new()));
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        resources.insert(
            id.clone(),
            Resource {
                kind,
                properties: resolver.value(&properties)?,
            },
        );
    }
    Ok(Resolved { resources })
}

impl Resolved {
    /// Its alarms, composite ones too.
    pub fn alarms(&self) -> Result<Vec<TemplateAlarm>, InvalidTemplate> {
        let alarms = self
            .resources
            .iter()
            .filter_map(|(id, resource)| subject(id, resource).transpose());
        alarms.collect()
    }
}

fn subject(id: &str, resource: &Resource) -> Result<Option<TemplateAlarm>, InvalidTemplate> {
    let text = |property: &str| {
        resource
            .properties
            .get(property)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let subject = match resource.kind.as_str() {
        "AWS::CloudWatch::Alarm" => Definition::from_properties(&resource.properties)
            .map(|definition| Subject::Metric(Box::new(definition)))
            .map_err(|source| InvalidTemplate::Alarm {
                id: id.to_owned(),
                source,
            })?,
        "AWS::CloudWatch::CompositeAlarm" => text("AlarmRule")
            .parse()
            .map(Subject::Composite)
            .map_err(|source| InvalidTemplate::Rule {
                id: id.to_owned(),
                source,
            })?,
        _ => return Ok(None),
    };
    Ok(Some(TemplateAlarm {
        id: id.to_owned(),
        name: text("AlarmName").to_owned(),
        subject,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template() -> Value {
        json!({
            "Parameters": {
                "Environment": {"Type": "String"},
                "Shards": {"Type": "Number", "Default": 2},
                "Emulated": {"Type": "String", "Default": "false"},
            },
            "Mappings": {"Ages": {"2": {"Seconds": 600}}},
            "Conditions": {
                "OnAws": {"Fn::Equals": [{"Ref": "Emulated"}, "false"]},
                "Dev": {"Fn::And": [{"Condition": "OnAws"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Environment"}, "prod"]}]}]},
            },
            "Resources": {
                "Topic": {"Type": "AWS::SNS::Topic"},
                "Hot": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                    "AlarmName": {"Fn::Sub": "${AWS::StackName}-hot"},
                    "AlarmDescription": {"Fn::If": ["Dev", "in dev", {"Ref": "AWS::NoValue"}]},
                    "AlarmActions": [{"Ref": "Topic"}], "OKActions": [{"Fn::GetAtt": ["Topic", "TopicArn"]}],
                    "Namespace": "App", "MetricName": "Heat", "Statistic": "Maximum", "Period": 60,
                    "Dimensions": [{"Name": "Topic", "Value": {"Fn::GetAtt": "Topic.TopicName"}}],
                    "EvaluationPeriods": {"Ref": "Shards"}, "Threshold": {"Fn::FindInMap": ["Ages", {"Ref": "Shards"}, "Seconds"]},
                    "ComparisonOperator": "GreaterThanThreshold",
                }},
                "Any": {"Type": "AWS::CloudWatch::CompositeAlarm", "Condition": "OnAws", "Properties": {
                    "AlarmName": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "any"]]},
                    "AlarmRule": {"Fn::Sub": ["ALARM(\"${Hot}\") OR ${Never}", {"Never": "FALSE"}]},
                }},
            },
        })
    }

    fn resolved(parameters: &[(&str, &str)]) -> Resolved {
        let parameters = parameters
            .iter()
            .map(|&(name, value)| (name.to_owned(), json!(value)))
            .collect();
        resolve(&template(), "picket-dev", &parameters).unwrap()
    }

    #[test]
    fn alarms_come_out_with_names_numbers_and_actions() {
        let alarms = resolved(&[("Environment", "dev")]).alarms().unwrap();
        let [any, hot] = alarms.as_slice() else {
            panic!("two alarms")
        };
        assert_eq!(
            (any.name.as_str(), hot.name.as_str()),
            ("picket-dev-any", "picket-dev-hot")
        );
        assert_eq!(
            any.subject,
            Subject::Composite("ALARM(\"picket-dev-hot\") OR FALSE".parse().unwrap())
        );
        let Subject::Metric(hot) = &hot.subject else {
            panic!("a metric alarm")
        };
        assert_eq!((hot.evaluation_periods, hot.threshold), (2, 600.0));
        assert_eq!(
            (hot.alarm_actions[0].as_str(), hot.ok_actions[0].as_str()),
            ("Topic", "Topic.TopicArn")
        );
        assert_eq!(
            hot.inputs()[0].dimensions,
            [("Topic".to_owned(), "Topic.TopicName".to_owned())]
        );
        assert_eq!(hot.description.as_deref(), Some("in dev"));
    }

    #[test]
    fn conditions_leave_out_resources_and_properties() {
        let resolved = resolved(&[("Environment", "prod"), ("Emulated", "true")]);
        assert!(!resolved.resources.contains_key("Any"));
        assert_eq!(
            resolved.resources["Hot"].properties.get("AlarmDescription"),
            None
        );
    }

    #[test]
    fn what_stands_for_nothing_is_an_error_with_its_name() {
        let error = resolve(&template(), "s", &BTreeMap::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the parameter Environment has no value and no default"
        );
        let mut broken = template();
        broken["Resources"]["Hot"]["Properties"]["Namespace"] = json!({"Fn::Sub": "${Nobody}"});
        let parameters = [("Environment".to_owned(), json!("dev"))].into();
        let error = resolve(&broken, "s", &parameters).unwrap_err().to_string();
        assert!(error.contains("Nobody"), "{error}");
    }
}
