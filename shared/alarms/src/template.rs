//! A CloudFormation template's resources with its intrinsic functions resolved, as far as alarms need it.
//!
//! `Ref` of a resource is its logical id, of an alarm its name; `Fn::GetAtt` is `LogicalId.Attribute`;
//! `Fn::ImportValue` is the name of the export. The template comes as JSON, tags such as `!Sub` already in their long
//! form.

mod intrinsic;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    Definition, InvalidDefinition,
    cases::Subject,
    composite::{Composite, InvalidComposite},
};
use intrinsic::Resolver;

/// The reason why a template cannot be resolved.
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
        "AWS::CloudWatch::CompositeAlarm" => Composite::from_properties(&resource.properties)
            .map(|composite| Subject::Composite(Box::new(composite)))
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
mod tests;
