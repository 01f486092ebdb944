//! Intrinsic functions.

mod substitute;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::InvalidTemplate;

pub(super) struct Resolver<'a> {
    template: &'a Value,
    names: BTreeMap<String, Value>,
}

/// The pseudo parameters; account and region are those of AWS's documentation.
fn pseudo_parameters(stack: &str) -> [(&'static str, String); 6] {
    [
        ("AWS::StackName", stack.to_owned()),
        (
            "AWS::StackId",
            format!("arn:aws:cloudformation:eu-central-1:123456789012:stack/{stack}/1"),
        ),
        ("AWS::AccountId", "123456789012".to_owned()),
        ("AWS::Region", "eu-central-1".to_owned()),
        ("AWS::Partition", "aws".to_owned()),
        ("AWS::URLSuffix", "amazonaws.com".to_owned()),
    ]
}

const NO_VALUE: &str = "AWS::NoValue";

impl<'a> Resolver<'a> {
    pub(super) fn new(
        template: &'a Value,
        stack: &str,
        parameters: &BTreeMap<String, Value>,
    ) -> Result<Self, InvalidTemplate> {
        let mut names: BTreeMap<String, Value> = pseudo_parameters(stack)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        for (name, declared) in section(template, "Parameters") {
            let given = parameters.get(name).or_else(|| declared.get("Default"));
            let value = given.ok_or_else(|| InvalidTemplate::Parameter(name.clone()))?;
            names.insert(name.clone(), value.clone());
        }
        Ok(Self { template, names })
    }

    /// Whether a resource's condition holds; without one it exists.
    pub(super) fn exists(&self, resource: &Value) -> Result<bool, InvalidTemplate> {
        resource
            .get("Condition")
            .and_then(Value::as_str)
            .map_or(Ok(true), |name| self.condition(name))
    }

    /// A value without functions in it.
    pub(super) fn value(&self, value: &Value) -> Result<Value, InvalidTemplate> {
        Ok(match value {
            Value::Object(object) => match function(object) {
                Some((name, arguments)) => self.apply(name, arguments)?,
                None => Value::Object(
                    self.kept(object.iter().map(|(key, value)| (key.clone(), value)))?
                        .into_iter()
                        .collect(),
                ),
            },
            Value::Array(list) => {
                let kept = self.kept(list.iter().map(|value| ((), value)))?;
                Value::Array(kept.into_iter().map(|((), value)| value).collect())
            }
            other => other.clone(),
        })
    }

    /// Resolves each, leaving out those that come to `AWS::NoValue`.
    fn kept<'v, K>(
        &self,
        values: impl Iterator<Item = (K, &'v Value)>,
    ) -> Result<Vec<(K, Value)>, InvalidTemplate> {
        let mut kept = Vec::new();
        for (key, value) in values {
            let value = self.value(value)?;
            if value.as_str() != Some(NO_VALUE) {
                kept.push((key, value));
            }
        }
        Ok(kept)
    }

    fn apply(&self, name: &str, arguments: &Value) -> Result<Value, InvalidTemplate> {
        let wrong = || InvalidTemplate::Function(format!("{name} {arguments}"));
        let list = || arguments.as_array().map(Vec::as_slice).ok_or_else(wrong);
        Ok(match name {
            "Ref" => self.reference(arguments.as_str().ok_or_else(wrong)?)?,
            "Fn::GetAtt" => Value::String(attribute(arguments)),
            "Fn::Sub" => Value::String(self.substituted(arguments)?),
            "Fn::Join" => self.joined(list()?)?,
            "Fn::If" => {
                let [condition, then, otherwise] = list()? else {
                    return Err(wrong());
                };
                let holds = self.condition(condition.as_str().ok_or_else(wrong)?)?;
                self.value(if holds { then } else { otherwise })?
            }
            "Fn::FindInMap" => self.find_in_map(list()?)?,
            // The name of the export.
            "Fn::ImportValue" => self.value(arguments)?,
            "Condition" => Value::Bool(self.condition(arguments.as_str().ok_or_else(wrong)?)?),
            _ => Value::Bool(self.holds(name, list()?)?),
        })
    }

    fn holds(&self, name: &str, arguments: &[Value]) -> Result<bool, InvalidTemplate> {
        let truths = || {
            arguments
                .iter()
                .map(|argument| Ok(self.value(argument)? == Value::Bool(true)))
        };
        match name {
            "Fn::Equals" if arguments.len() == 2 => {
                Ok(text(&self.value(&arguments[0])?) == text(&self.value(&arguments[1])?))
            }
            "Fn::Not" if arguments.len() == 1 => {
                Ok(self.value(&arguments[0])? != Value::Bool(true))
            }
            "Fn::And" => truths()
                .collect::<Result<Vec<_>, _>>()
                .map(|truths| truths.into_iter().all(|truth| truth)),
            "Fn::Or" => truths()
                .collect::<Result<Vec<_>, _>>()
                .map(|truths| truths.into_iter().any(|truth| truth)),
            _ => Err(InvalidTemplate::Function(name.to_owned())),
        }
    }

    fn condition(&self, name: &str) -> Result<bool, InvalidTemplate> {
        let declared = self
            .template
            .pointer("/Conditions")
            .and_then(|conditions| conditions.get(name))
            .ok_or_else(|| unknown("the condition", name))?;
        Ok(self.value(declared)? == Value::Bool(true))
    }

    fn reference(&self, name: &str) -> Result<Value, InvalidTemplate> {
        if name == NO_VALUE {
            return Ok(Value::String(name.to_owned()));
        }
        if let Some(value) = self.names.get(name) {
            return Ok(value.clone());
        }
        let resource = self
            .template
            .pointer("/Resources")
            .and_then(|resources| resources.get(name))
            .ok_or_else(|| unknown("the parameter or resource", name))?;
        // An alarm's `Ref` is its name, which composite alarms' rules are made of.
        match resource.pointer("/Properties/AlarmName") {
            Some(alarm_name) => self.value(alarm_name),
            None => Ok(Value::String(name.to_owned())),
        }
    }

    fn joined(&self, arguments: &[Value]) -> Result<Value, InvalidTemplate> {
        let wrong = || InvalidTemplate::Function("Fn::Join".to_owned());
        let [delimiter, parts] = arguments else {
            return Err(wrong());
        };
        let parts = self.value(parts)?;
        let parts: Vec<String> = parts
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(text)
            .collect();
        Ok(Value::String(parts.join(&text(delimiter))))
    }

    fn find_in_map(&self, path: &[Value]) -> Result<Value, InvalidTemplate> {
        let keys: Vec<String> = path
            .iter()
            .map(|key| self.value(key).map(|key| text(&key)))
            .collect::<Result<_, _>>()?;
        let mut found = self.template.get("Mappings");
        for key in &keys {
            found = found.and_then(|found| found.get(key));
        }
        found
            .cloned()
            .ok_or_else(|| unknown("the mapping", &keys.join(".")))
    }
}

/// `Topic.TopicName`, as a text or as a list.
fn attribute(arguments: &Value) -> String {
    let parts = arguments.as_array().map_or_else(
        || vec![text(arguments)],
        |parts| parts.iter().map(text).collect(),
    );
    parts.join(".")
}

fn unknown(kind: &'static str, name: &str) -> InvalidTemplate {
    InvalidTemplate::Unknown {
        kind,
        name: name.to_owned(),
    }
}

fn section<'a>(template: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    template
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// An object with one key that is a function's name. `Condition` is one only with a text beside it: policies have it
/// with an object.
fn function(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, arguments) = object.iter().next().filter(|_| object.len() == 1)?;
    let is =
        name == "Ref" || name.starts_with("Fn::") || (name == "Condition" && arguments.is_string());
    is.then_some((name.as_str(), arguments))
}

/// Formats a value as CloudFormation does inside a text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
