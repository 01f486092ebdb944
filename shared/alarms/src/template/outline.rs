//! A template's alarms and nested stacks, each as far as it can be resolved.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Given, InvalidTemplate, Resolver, declared, is_alarm, kind, subject};
use crate::{cases::Subject, mute::MuteRule};

/// The alarms and nested stacks of a template.
#[derive(Debug)]
pub struct Outline {
    /// The alarms that exist.
    pub alarms: Vec<Outlined>,
    /// The nested stacks that exist.
    pub stacks: Vec<NestedStack>,
    /// The mute rules that exist and can be read.
    pub mutes: Vec<MuteRule>,
    /// Sentences on what is left out.
    pub notes: Vec<String>,
}

/// An alarm of a template.
#[derive(Debug)]
pub struct Outlined {
    /// Its logical id.
    pub id: String,
    /// Its properties with their functions resolved; those that cannot be are left out.
    pub properties: Value,
    /// The definition, or the reason why there is none.
    pub subject: Result<Subject, InvalidTemplate>,
    /// The parameters without a value on which its properties depend.
    pub open: BTreeSet<String>,
}

/// A stack that a template creates from another template.
#[derive(Debug)]
pub struct NestedStack {
    /// Its logical id.
    pub id: String,
    /// The template: a path from the folder of this one, or an address.
    pub location: Result<String, InvalidTemplate>,
    /// What it is created with.
    pub given: Given,
}

/// What CloudFormation applies without adding or changing alarms.
const TRANSFORMS: [&str; 5] = [
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
];

/// Properties of an alarm on which no evaluation depends.
const NAMES: [&str; 4] = [
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
    "AlarmDescription",
];

/// Resolves the alarms and nested stacks of a template, each by itself.
pub fn outline(template: &Value, given: &Given) -> Outline {
    let resolver = Resolver::new(template, given);
    let mut outline = Outline {
        alarms: Vec::new(),
        stacks: Vec::new(),
        mutes: Vec::new(),
        notes: notes(template),
    };
    for (id, declared) in declared(template) {
        let kind = kind(declared);
        let nests = matches!(
            kind,
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application"
        );
        let mutes = kind == "AWS::CloudWatch::AlarmMuteRule";
        if !(is_alarm(kind) || nests || mutes || id.starts_with("Fn::")) {
            continue;
        }
        match resolver.exists(declared) {
            Ok(true) if mutes => match resolver.mute_rule(id, declared) {
                Ok(rule) => outline.mutes.push(rule),
                Err(reason) => outline.notes.push(unread(id, &reason)),
            },
            Err(error) if mutes => outline.notes.push(unread(id, &error.to_string())),
            Ok(true) if nests => outline.stacks.push(resolver.nested(id, declared, given)),
            Ok(false) => outline.notes.push(format!(
                "{id} is left out by its condition {}",
                declared["Condition"].as_str().unwrap_or_default()
            )),
            Err(error) if nests => outline.stacks.push(NestedStack {
                id: id.clone(),
                location: Err(error),
                given: Given::default(),
            }),
            _ => outline.alarms.push(resolver.outlined(id, declared)),
        }
    }
    outline
}

fn unread(id: &str, reason: &str) -> String {
    format!("the mute rule {id} cannot be read: {reason}")
}

fn notes(template: &Value) -> Vec<String> {
    let named = |transform: &Value| match transform {
        Value::String(name) => name.clone(),
        other => other["Name"].as_str().unwrap_or("?").to_owned(),
    };
    let transforms = match template.get("Transform") {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(named).collect(),
        Some(one) => vec![named(one)],
    };
    transforms
        .iter()
        .filter(|name| !TRANSFORMS.contains(&name.as_str()))
        .map(|name| {
            format!("the transform {name} is not applied: what it adds or changes is not seen")
        })
        .collect()
}

impl Resolver<'_> {
    /// Each property is resolved by itself, so that an alarm shows what can be known of it.
    fn outlined(&self, id: &str, declared: &Value) -> Outlined {
        self.take_used();
        let resolved = self.exists(declared).and_then(|_| {
            let resource = self.resource(id, declared);
            resource.or_else(|error| self.resource(id, &self.without_open_names(declared, error)?))
        });
        let (properties, subject) = match resolved {
            Ok(resource) => {
                let subject = subject(id, &resource)
                    .and_then(|alarm| alarm.ok_or(InvalidTemplate::Kind(resource.kind)))
                    .map(|alarm| alarm.subject);
                (resource.properties, subject)
            }
            Err(error) => (self.known(&declared["Properties"]), Err(error)),
        };
        Outlined {
            id: id.to_owned(),
            properties,
            subject,
            open: self.take_used(),
        }
    }

    /// The alarm with `{Name?}` for what no evaluation depends on where a parameter without a value decides it.
    fn without_open_names(
        &self,
        declared: &Value,
        error: InvalidTemplate,
    ) -> Result<Value, InvalidTemplate> {
        let InvalidTemplate::Parameter(_) = error else {
            return Err(error);
        };
        let mut declared = declared.clone();
        let properties = declared
            .get_mut("Properties")
            .and_then(Value::as_object_mut);
        for (name, value) in properties.into_iter().flatten() {
            if let (true, Err(InvalidTemplate::Parameter(open))) =
                (NAMES.contains(&name.as_str()), self.value(value))
            {
                let placeholder = Value::from(format!("{{{open}?}}"));
                *value = if name == "AlarmDescription" {
                    placeholder
                } else {
                    Value::Array(vec![placeholder])
                };
                self.use_open(&open);
            }
        }
        Ok(declared)
    }

    fn mute_rule(&self, id: &str, declared: &Value) -> Result<MuteRule, String> {
        let resource = self
            .resource(id, declared)
            .map_err(|error| error.to_string())?;
        let mut rule =
            MuteRule::from_properties(&resource.properties).map_err(|error| error.to_string())?;
        if rule.name.is_empty() {
            id.clone_into(&mut rule.name);
        }
        Ok(rule)
    }

    fn known(&self, properties: &Value) -> Value {
        let each = properties.as_object().into_iter().flatten();
        let known = each.filter_map(|(name, value)| Some((name.clone(), self.value(value).ok()?)));
        Value::Object(known.collect())
    }

    /// Each parameter is resolved by itself: one that has no value here has none there.
    fn nested(&self, id: &str, declared: &Value, given: &Given) -> NestedStack {
        let properties = &declared["Properties"];
        let location = properties
            .get("TemplateURL")
            .or_else(|| properties.get("Location"))
            .unwrap_or(&Value::Null);
        let location = self.value(location).and_then(|location| {
            let path = location.as_str().map(str::to_owned);
            path.ok_or_else(|| InvalidTemplate::Function(format!("the location {location}")))
        });
        let mut own = Given {
            stack: format!("{}-{id}", given.stack),
            ..Given::default()
        };
        for (name, value) in given.values.iter().filter(|(name, _)| name.contains("::")) {
            own.values.insert(name.clone(), value.clone());
        }
        own.values.remove("AWS::StackName");
        let pseudo = given.open.iter().filter(|name| name.contains("::"));
        own.open.extend(pseudo.cloned());
        let parameters = properties.get("Parameters").and_then(Value::as_object);
        for (name, value) in parameters.into_iter().flatten() {
            self.take_used();
            let resolved = self.value(value);
            if resolved.is_err() || !self.take_used().is_empty() {
                own.open.insert(name.clone());
            }
            if let Ok(value) = resolved {
                own.values.insert(name.clone(), value);
            }
        }
        NestedStack {
            id: id.to_owned(),
            location,
            given: own,
        }
    }
}
