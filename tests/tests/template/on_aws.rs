//! What AWS documents and the emulator does not check: whatever the emulator accepts and AWS would not is a defect. The
//! source of each rule is beside the property in the template.

mod account;
mod delivery;
mod documents;
mod events;
mod functions;
mod partitions;
mod pattern;
mod policies;

use serde_json::Value;

use crate::load::{Resource, resources, templates};

/// The stacks beside the root stack, which have EventBridge rules.
fn separate() -> [(&'static str, &'static Value); 2] {
    [
        ("account.yaml", templates().account()),
        ("service-events.yaml", templates().service_events()),
    ]
}

/// Every template: the root with its functions, the workloads and the separate stacks.
fn all() -> Vec<(String, &'static Value)> {
    let separate = separate().map(|(name, template)| (name.to_owned(), template));
    templates().deployed().into_iter().chain(separate).collect()
}

/// The statements of a resource's policy document, also those that exist under a condition.
fn statements(resource: Resource<'static>) -> impl Iterator<Item = &'static Value> {
    let document = &resource.properties()["PolicyDocument"]["Statement"];
    unconditional(document)
}

/// The statements of a list, those that exist under a condition included.
fn unconditional(document: &'static Value) -> impl Iterator<Item = &'static Value> {
    let list = document.as_array().into_iter().flatten();
    list.map(|statement| match statement["Fn::If"].as_array() {
        Some(branches) => &branches[1],
        None => statement,
    })
}

/// A statement by its Sid.
fn statement(resource: Resource<'static>, sid: &str) -> &'static Value {
    statements(resource)
        .find(|statement| statement["Sid"] == sid)
        .unwrap_or_else(|| panic!("{} has no statement {sid}", resource.id))
}

/// The policies whose list `property` names this resource.
fn policies_of(
    template: &'static Value,
    kind: &str,
    property: &str,
    id: &str,
) -> Vec<Resource<'static>> {
    let named = |resource: &Resource<'_>| {
        let listed = resource.properties()[property]
            .as_array()
            .into_iter()
            .flatten();
        listed.into_iter().any(|entry| entry["Ref"] == id)
    };
    let all = template["Resources"].as_object().expect("resources");
    all.iter()
        .map(|(id, body)| Resource { id, body })
        .filter(|resource| resource.kind() == kind)
        .filter(named)
        .collect()
}

/// A role's trust and its statements of all policies.
fn role(template: &'static Value, id: &'static str) -> (&'static Value, Vec<&'static Value>) {
    let all = resources(template, "AWS::IAM::Role");
    let role = all
        .iter()
        .find(|role| role.id == id)
        .unwrap_or_else(|| panic!("no role {id}"));
    let properties = &role.body["Properties"];
    let policies = properties["Policies"].as_array().into_iter().flatten();
    let statements =
        policies.flat_map(|policy| unconditional(&policy["PolicyDocument"]["Statement"]));
    (
        &properties["AssumeRolePolicyDocument"]["Statement"][0],
        statements.collect(),
    )
}
