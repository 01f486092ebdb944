//! What names stand for: pseudo parameters and parameters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Given;

/// The values of names.
pub(super) struct Names {
    pub(super) values: BTreeMap<String, Value>,
    /// Those whose value is a placeholder.
    pub(super) open: BTreeSet<String>,
}

/// The pseudo parameters; account and region are those of AWS's documentation.
fn pseudo_parameters(stack: &str) -> [(&'static str, Value); 7] {
    let id = format!("arn:aws:cloudformation:eu-central-1:123456789012:stack/{stack}/1");
    [
        ("AWS::StackName", stack.into()),
        ("AWS::StackId", id.into()),
        ("AWS::AccountId", "123456789012".into()),
        ("AWS::Region", "eu-central-1".into()),
        ("AWS::Partition", "aws".into()),
        ("AWS::URLSuffix", "amazonaws.com".into()),
        ("AWS::NotificationARNs", Value::Array(Vec::new())),
    ]
}

impl Names {
    /// A parameter has the value that is given, or its default; otherwise it is open, and a placeholder stands for it.
    pub(super) fn new(template: &Value, given: &Given) -> Self {
        let mut names = Self {
            values: BTreeMap::new(),
            open: BTreeSet::new(),
        };
        for (name, value) in pseudo_parameters(&given.stack) {
            let value = given.values.get(name).cloned().unwrap_or(value);
            if given.open.contains(name) {
                names.open.insert(name.to_owned());
            }
            names.values.insert(name.to_owned(), value);
        }
        let declared = template.get("Parameters").and_then(Value::as_object);
        for (name, declared) in declared.into_iter().flatten() {
            let kind = declared
                .get("Type")
                .and_then(Value::as_str)
                .unwrap_or("String");
            // The default of such a parameter is the name of an SSM parameter, not its value.
            let is_of_ssm = kind.starts_with("AWS::SSM::Parameter::Value<");
            let default = declared.get("Default").filter(|_| !is_of_ssm);
            let value = given.values.get(name).or(default);
            if value.is_none() || given.open.contains(name) {
                names.open.insert(name.clone());
            }
            let value = value
                .cloned()
                .unwrap_or_else(|| format!("{{{name}}}").into());
            names.values.insert(name.clone(), of_type(kind, value));
        }
        names
    }
}

/// A list of texts where the parameter's type is one.
fn of_type(kind: &str, value: Value) -> Value {
    match value {
        Value::String(text) if kind == "CommaDelimitedList" || kind.contains("List<") => text
            .split(',')
            .map(|part| Value::from(part.trim()))
            .collect(),
        other => other,
    }
}
