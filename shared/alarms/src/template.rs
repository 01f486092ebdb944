//! A CloudFormation template's resources with its intrinsic functions resolved, as far as alarms need it.
//!
//! `Ref` of a resource is its logical id, of an alarm its name; `Fn::GetAtt` is `LogicalId.Attribute`;
//! `Fn::ImportValue` is the name of the export. [`document::read`] reads the text of a template.
//!
//! [`resolve`] needs a value for every parameter. [`outline`] does without: `{Name}` stands for a parameter that has
//! none, and an alarm for which that is not enough, or that cannot be read, does not hide the others.

pub mod document;
mod intrinsic;
mod outline;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    Definition, InvalidDefinition,
    cases::Subject,
    composite::{Composite, InvalidComposite},
};
use intrinsic::Resolver;

pub use outline::{NestedStack, Outline, Outlined, outline};

/// The reason why a template cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTemplate {
    /// A parameter has neither value nor default.
    #[error("the parameter {0} has no value and no default")]
    Parameter(String),
    /// What CloudFormation expands before it resolves functions.
    #[error(
        "{0} is expanded by CloudFormation alone: read the processed template (aws cloudformation get-template \
         --template-stage Processed)"
    )]
    Expanded(String),
    /// An alarm of a kind that is not evaluated.
    #[error("alarms of the type {0} are not evaluated")]
    Kind(String),
    /// An intrinsic function that is not known, or that does not have the arguments it needs.
    #[error("{0} cannot be resolved")]
    Function(String),
    /// A name stands for nothing.
    #[error("{kind} {name} is not in the template")]
    Unknown {
        /// The kind: a condition, a mapping, a parameter or resource.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// An alarm cannot be read.
    #[error("the alarm {id} cannot be read")]
    Alarm {
        /// Its logical id.
        id: String,
        /// The reason.
        #[source]
        source: InvalidDefinition,
    },
    /// A composite alarm cannot be read.
    #[error("the composite alarm {id} cannot be read")]
    Rule {
        /// Its logical id.
        id: String,
        /// The reason.
        #[source]
        source: InvalidComposite,
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
    /// The definition.
    pub subject: Subject,
}

/// What a stack is created with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// Its name.
    pub stack: String,
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`.
    pub values: BTreeMap<String, Value>,
    /// The parameters whose value is a placeholder.
    pub open: BTreeSet<String>,
}

/// Resolves a template for a stack. `parameters` need not hold those with defaults.
pub fn resolve(
    template: &Value,
    stack: &str,
    parameters: &BTreeMap<String, Value>,
) -> Result<Resolved, InvalidTemplate> {
    let given = Given {
        stack: stack.to_owned(),
        values: parameters.clone(),
        open: BTreeSet::new(),
    };
    let resolver = Resolver::new(template, &given);
    if let Some(open) = resolver.open() {
        return Err(InvalidTemplate::Parameter(open.to_owned()));
    }
    let mut resources = BTreeMap::new();
    for (id, resource) in declared(template) {
        if resolver.exists(resource)? {
            resources.insert(id.clone(), resolver.resource(id, resource)?);
        }
    }
    Ok(Resolved { resources })
}

/// A template's resources.
fn declared(template: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let resources = template.get("Resources").and_then(Value::as_object);
    resources.into_iter().flatten()
}

impl Resolver<'_> {
    /// A resource with its functions resolved. An alarm without a name has its logical id: CloudFormation would derive a
    /// name from it.
    fn resource(&self, id: &str, declared: &Value) -> Result<Resource, InvalidTemplate> {
        if id.starts_with("Fn::") {
            return Err(InvalidTemplate::Expanded(id.to_owned()));
        }
        let empty = Value::Object(Map::new());
        let kind = kind(declared).to_owned();
        let mut properties = self.value(declared.get("Properties").unwrap_or(&empty))?;
        if let (true, Value::Object(properties)) = (is_alarm(&kind), &mut properties) {
            properties
                .entry("AlarmName")
                .or_insert_with(|| id.to_owned().into());
        }
        Ok(Resource { kind, properties })
    }
}

fn kind(declared: &Value) -> &str {
    let kind = declared.get("Type").and_then(Value::as_str);
    kind.unwrap_or_default()
}

fn is_alarm(kind: &str) -> bool {
    kind.starts_with("AWS::CloudWatch::") && kind.ends_with("Alarm")
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
    let name = resource.properties.get("AlarmName").and_then(Value::as_str);
    let subject = match resource.kind.as_str() {
        "AWS::CloudWatch::Alarm" => metric_alarm(id, &resource.properties)?,
        "AWS::CloudWatch::CompositeAlarm" => composite_alarm(id, &resource.properties)?,
        kind if is_alarm(kind) => return Err(InvalidTemplate::Kind(kind.to_owned())),
        _ => return Ok(None),
    };
    Ok(Some(TemplateAlarm {
        id: id.to_owned(),
        name: name.unwrap_or_default().to_owned(),
        subject,
    }))
}

pub(crate) fn metric_alarm(id: &str, properties: &Value) -> Result<Subject, InvalidTemplate> {
    Definition::from_properties(properties)
        .map(|definition| Subject::Metric(Box::new(definition)))
        .map_err(|source| InvalidTemplate::Alarm {
            id: id.to_owned(),
            source,
        })
}

pub(crate) fn composite_alarm(id: &str, properties: &Value) -> Result<Subject, InvalidTemplate> {
    Composite::from_properties(properties)
        .map(|composite| Subject::Composite(Box::new(composite)))
        .map_err(|source| InvalidTemplate::Rule {
            id: id.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests;
