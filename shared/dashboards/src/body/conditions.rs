//! Conditions of a template.

use std::collections::BTreeSet;

use serde_json::Value;

/// Whether a condition is another one, or an `Fn::And` that contains it. A condition that contains itself, which
/// CloudFormation refuses, contains nothing else here.
pub(super) fn implies(conditions: &Value, condition: &str, other: &str) -> bool {
    let mut open = vec![condition];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if name == other {
            return true;
        }
        if seen.insert(name) {
            let parts = conditions[name]["Fn::And"].as_array().into_iter().flatten();
            open.extend(parts.filter_map(|part| part["Condition"].as_str()));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_condition_implies_itself_and_what_it_combines() {
        let conditions = json!({
            "OnAws": {"Fn::Equals": [{"Ref": "Emulated"}, "false"]},
            "HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
            "Both": {"Fn::And": [{"Condition": "OnAws"}, {"Condition": "HasName"}]},
            "Nested": {"Fn::And": [{"Condition": "Both"}, {"Fn::Equals": [{"Ref": "Mode"}, "on"]}]},
            "Either": {"Fn::Or": [{"Condition": "OnAws"}, {"Condition": "HasName"}]},
            "Circle": {"Fn::And": [{"Condition": "Circle"}, {"Condition": "HasName"}]},
        });
        for (condition, other, expected) in [
            ("OnAws", "OnAws", true),
            ("Both", "OnAws", true),
            ("Both", "HasName", true),
            ("Nested", "HasName", true),
            ("OnAws", "Both", false),
            ("Either", "OnAws", false),
            ("Circle", "HasName", true),
            ("Circle", "OnAws", false),
            ("Unknown", "OnAws", false),
        ] {
            assert_eq!(
                implies(&conditions, condition, other),
                expected,
                "{condition} {other}"
            );
        }
    }
}
