//! The parameters of a template, in the groups in which the CloudFormation console shows them.

use std::collections::BTreeSet;

use picket_alarms::template::document;
use serde_json::Value;

/// A template's parameters.
#[derive(Debug)]
pub(super) struct Template {
    /// Its path in the checkout.
    pub(super) name: String,
    /// In their order.
    pub(super) groups: Vec<Group>,
    document: Value,
}

/// Parameters under a heading.
#[derive(Debug)]
pub(super) struct Group {
    /// The heading; `None` where the template has no groups.
    pub(super) label: Option<String>,
    /// In their order.
    pub(super) parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// What it is, in a few words.
    pub(super) label: Option<String>,
    /// What it does.
    pub(super) description: Option<String>,
    /// As a number or a text; `None` where a value is required.
    pub(super) default: Option<String>,
    /// Which values it takes; `None` is any.
    pub(super) allowed: Option<String>,
}

impl Template {
    /// Reads a template. Parameters that no group names are the last.
    pub(super) fn read(name: String, text: &str) -> Result<Self, String> {
        let document = document::read(text).map_err(|error| format!("{name}: {error}"))?;
        let interface = &document["Metadata"]["AWS::CloudFormation::Interface"];
        let mut groups: Vec<Group> = elements(&interface["ParameterGroups"])
            .map(|group| Group {
                label: Some(text_of(&group["Label"]["default"])),
                parameters: elements(&group["Parameters"])
                    .map(|name| parameter(&document, &text_of(name)))
                    .collect(),
            })
            .collect();
        let named: BTreeSet<String> = groups
            .iter()
            .flat_map(|group| group.parameters.iter().map(|one| one.name.clone()))
            .collect();
        let all = document["Parameters"].as_object();
        let others = all.into_iter().flat_map(|all| all.keys());
        let others = others.filter(|name| !named.contains(*name));
        let others: Vec<_> = others.map(|name| parameter(&document, name)).collect();
        if !others.is_empty() {
            let label = (!groups.is_empty()).then(|| "Others".to_owned());
            groups.push(Group {
                label,
                parameters: others,
            });
        }
        Ok(Self {
            name,
            groups,
            document,
        })
    }

    /// The number of its parameters.
    pub(super) fn count(&self) -> usize {
        self.groups.iter().map(|group| group.parameters.len()).sum()
    }

    /// The parameters that it passes to the nested stack of this template.
    pub(super) fn passed(&self, nested: &str) -> Vec<String> {
        let resources = self.document["Resources"].as_object();
        let resources = resources.into_iter().flat_map(|all| all.values());
        let stacks = resources.filter(|resource| {
            let properties = &resource["Properties"];
            [&properties["Location"], &properties["TemplateURL"]]
                .iter()
                .any(|place| {
                    place
                        .as_str()
                        .is_some_and(|place| place.trim_start_matches("./") == nested)
                })
        });
        let passed = stacks.filter_map(|stack| stack["Properties"]["Parameters"].as_object());
        passed.flat_map(|passed| passed.keys().cloned()).collect()
    }

    /// The template without these parameters.
    pub(super) fn without(mut self, names: &BTreeSet<String>) -> Self {
        for group in &mut self.groups {
            group
                .parameters
                .retain(|parameter| !names.contains(&parameter.name));
        }
        self.groups.retain(|group| !group.parameters.is_empty());
        self
    }
}

fn parameter(document: &Value, name: &str) -> Parameter {
    let labels = &document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"];
    let own = &document["Parameters"][name];
    let given = |value: &Value| (!value.is_null()).then(|| text_of(value));
    Parameter {
        name: name.to_owned(),
        label: given(&labels[name]["default"]),
        description: given(&own["Description"]),
        default: given(&own["Default"]),
        allowed: allowed(own),
    }
}

/// The values that a parameter takes, as its properties say.
fn allowed(own: &Value) -> Option<String> {
    let one_of: Vec<String> = elements(&own["AllowedValues"])
        .map(|value| format!("`{}`", text_of(value)))
        .collect();
    if !one_of.is_empty() {
        return Some(format!("one of {}", one_of.join(", ")));
    }
    let limit = |name: &str| (!own[name].is_null()).then(|| text_of(&own[name]));
    let numbers = match (limit("MinValue"), limit("MaxValue")) {
        (Some(least), Some(most)) => Some(format!("a number from {least} to {most}")),
        (Some(least), None) => Some(format!("a number, at least {least}")),
        (None, Some(most)) => Some(format!("a number, at most {most}")),
        (None, None) => (own["Type"] == "Number").then(|| "a number".to_owned()),
    };
    let sentence = limit("ConstraintDescription");
    let pattern = limit("AllowedPattern").map(|pattern| format!("a text that matches `{pattern}`"));
    sentence.or(numbers).or(pattern)
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}
