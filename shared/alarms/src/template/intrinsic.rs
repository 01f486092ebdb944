//! Intrinsic functions.

mod lists;
mod mappings;
mod names;
mod substitute;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use serde_json::{Map, Value};

use super::{Given, InvalidTemplate};
use names::Names;

pub(super) struct Resolver<'a> {
    template: &'a Value,
    names: Names,
    /// Whether the value decides something: then a placeholder is not enough.
    deciding: Cell<bool>,
    /// The parameters without a value that were used.
    used: RefCell<BTreeSet<String>>,
}

const NO_VALUE: &str = "AWS::NoValue";

impl<'a> Resolver<'a> {
    pub(super) fn new(template: &'a Value, given: &Given) -> Self {
        Self {
            template,
            names: Names::new(template, given),
            deciding: Cell::new(false),
            used: RefCell::default(),
        }
    }

    /// The first parameter without a value.
    pub(super) fn open(&self) -> Option<&str> {
        self.names.open.iter().next().map(String::as_str)
    }

    /// The parameters without a value that were used since the last call.
    pub(super) fn take_used(&self) -> BTreeSet<String> {
        self.used.take()
    }

    pub(super) fn use_open(&self, name: &str) {
        self.used.borrow_mut().insert(name.to_owned());
    }

    /// Resolves what decides: it needs values, not placeholders.
    fn decided<T>(&self, resolve: impl FnOnce() -> T) -> T {
        let outer = self.deciding.replace(true);
        let resolved = resolve();
        self.deciding.set(outer);
        resolved
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
            "Fn::Split" => self.split(list()?)?,
            "Fn::Select" => self.selected(list()?)?,
            "Fn::Length" => self.length(arguments)?,
            "Fn::ToJsonString" => Value::String(self.value(arguments)?.to_string()),
            "Condition" => Value::Bool(self.condition(arguments.as_str().ok_or_else(wrong)?)?),
            _ => Value::Bool(self.holds(name, list()?)?),
        })
    }

    /// `And` and `Or` hold or not as soon as one of their conditions decides it.
    fn holds(&self, name: &str, arguments: &[Value]) -> Result<bool, InvalidTemplate> {
        let truth = |argument| Ok(self.value(argument)? == Value::Bool(true));
        let any = |wanted: bool| {
            let mut undecided = None;
            for argument in arguments {
                match truth(argument) {
                    Ok(truth) if truth == wanted => return Ok(true),
                    Ok(_) => {}
                    Err(error) => undecided = undecided.or(Some(error)),
                }
            }
            undecided.map_or(Ok(false), Err)
        };
        match name {
            "Fn::Equals" if arguments.len() == 2 => {
                Ok(text(&self.value(&arguments[0])?) == text(&self.value(&arguments[1])?))
            }
            "Fn::Not" if arguments.len() == 1 => truth(&arguments[0]).map(|truth| !truth),
            "Fn::And" => any(false).map(|any| !any),
            "Fn::Or" => any(true),
            _ => Err(InvalidTemplate::Function(name.to_owned())),
        }
    }

    fn condition(&self, name: &str) -> Result<bool, InvalidTemplate> {
        let declared = self
            .template
            .pointer("/Conditions")
            .and_then(|conditions| conditions.get(name))
            .ok_or_else(|| unknown("the condition", name))?;
        self.decided(|| Ok(self.value(declared)? == Value::Bool(true)))
    }

    fn reference(&self, name: &str) -> Result<Value, InvalidTemplate> {
        if name == NO_VALUE {
            return Ok(Value::String(name.to_owned()));
        }
        if self.names.open.contains(name) {
            if self.deciding.get() {
                return Err(InvalidTemplate::Parameter(name.to_owned()));
            }
            self.use_open(name);
        }
        if let Some(value) = self.names.values.get(name) {
            return Ok(value.clone());
        }
        let resource = self
            .template
            .pointer("/Resources")
            .and_then(|resources| resources.get(name));
        // Transforms add resources, such as the role of a function.
        if resource.is_none() && self.template.get("Transform").is_none() {
            return Err(unknown("the parameter or resource", name));
        }
        // An alarm's `Ref` is its name, which composite alarms' rules are made of.
        match resource.and_then(|resource| resource.pointer("/Properties/AlarmName")) {
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
