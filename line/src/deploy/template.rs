//! The templates as the line deploys them: only where code and nested templates lie is rewritten.

/// Where handlers' code lies in a template: what `cargo lambda build` writes.
const BUILT: &str = "target/lambda/";

/// Rewrites the location of code to packages beside the written template, of functions' nested templates to files
/// beside it, and of workloads' nested templates to the checkout, `up` folders above.
///
/// Line by line: a YAML reader would lose comments and CloudFormation's short forms, and with them the sameness of the
/// two.
pub fn rewrite(template: &str, up: &str) -> String {
    template
        .split_inclusive('\n')
        .map(|line| rewrite_line(line, up))
        .collect()
}

fn rewrite_line(line: &str, up: &str) -> String {
    let keys = ["CodeUri: ", "Code: ", "TemplateURL: "];
    let Some((before, key, value)) = keys.into_iter().find_map(|key| {
        line.split_once(key)
            .map(|(before, value)| (before, key, value))
    }) else {
        return line.to_owned();
    };
    if !before.trim_matches([' ', '-', '{']).is_empty() {
        return line.to_owned();
    }
    if key == "TemplateURL: " {
        if let Some(function) = function_of(value) {
            return format!("{before}{key}{}\n", written_name(function));
        }
        if value.starts_with("workloads/") {
            return format!("{before}{key}{up}{value}");
        }
    } else if let Some(function) = value.trim_start_matches("../").strip_prefix(BUILT) {
        let function = function.trim_end().trim_end_matches('/');
        return format!("{before}{key}{function}.zip\n");
    }
    line.to_owned()
}

/// The function whose nested template lies at this location.
fn function_of(location: &str) -> Option<&str> {
    let function = location.trim_end().strip_prefix("functions/")?;
    function.strip_suffix("/template.yaml")
}

/// The functions that have a nested template in this one, by folder.
pub(super) fn nested_functions(template: &str) -> impl Iterator<Item = &str> {
    template
        .lines()
        .filter_map(|line| function_of(line.trim_start().strip_prefix("TemplateURL: ")?))
}

/// The file of a function's nested template, beside the root template.
pub(super) fn written_name(function: &str) -> String {
    format!("{function}.yaml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_and_nested_locations_change() {
        let template = "Resources:\n  # CodeUri: target/lambda/comment/\n  A:\n    CodeUri: target/lambda/event-processor/\n    \
                        Text: !Sub 'a ${B}'\n  W:\n    TemplateURL: workloads/bedrock-usage/template.yaml\n    Else: workloads/x\n";
        let expected = "Resources:\n  # CodeUri: target/lambda/comment/\n  A:\n    CodeUri: event-processor.zip\n    \
                        Text: !Sub 'a ${B}'\n  W:\n    TemplateURL: ../../workloads/bedrock-usage/template.yaml\n    Else: workloads/x\n";
        assert_eq!(rewrite(template, "../../"), expected);
    }

    #[test]
    fn a_functions_nested_template_and_its_package_lie_beside_the_root_template() {
        let template = "  P:\n    TemplateURL: functions/probe-runner/template.yaml\n";
        assert_eq!(
            rewrite(template, "../../"),
            "  P:\n    TemplateURL: probe-runner.yaml\n"
        );
        assert_eq!(
            nested_functions(template).collect::<Vec<_>>(),
            ["probe-runner"]
        );
        assert_eq!(
            rewrite("    Code: ../../target/lambda/probe-runner/\n", "../../"),
            "    Code: probe-runner.zip\n"
        );
    }

    #[test]
    fn a_location_elsewhere_stays() {
        let template = "    TemplateURL: https://example.com/t.yaml\n    CodeUri: other/\n";
        assert_eq!(rewrite(template, "../../"), template);
    }
}
