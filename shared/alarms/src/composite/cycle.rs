//! Composite alarms that depend on one another in a circle.

use std::collections::BTreeMap;

use super::Rule;

/// Returns the alarms of a circle, in the order in which each names the next. The evaluation of composite alarms "stops
/// if CloudWatch detects a cycle in the evaluation path" (API reference, `DeleteAlarms`).
///
/// `rules` has the composite alarms by name; names that it does not have are other alarms.
pub fn cycle(rules: &BTreeMap<String, Rule>) -> Option<Vec<String>> {
    let mut finished = Vec::new();
    rules
        .keys()
        .find_map(|name| from(name, rules, &mut Vec::new(), &mut finished))
}

fn from<'a>(
    name: &'a str,
    rules: &'a BTreeMap<String, Rule>,
    path: &mut Vec<&'a str>,
    finished: &mut Vec<&'a str>,
) -> Option<Vec<String>> {
    if let Some(start) = path.iter().position(|one| *one == name) {
        return Some(path[start..].iter().map(|one| (*one).to_owned()).collect());
    }
    if finished.contains(&name) {
        return None;
    }
    let children = rules.get(name).map(Rule::children).unwrap_or_default();
    path.push(name);
    let found = children
        .into_iter()
        .find_map(|child| from(child, rules, path, finished));
    path.pop();
    finished.push(name);
    found
}
