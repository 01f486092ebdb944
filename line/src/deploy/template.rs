//! The template as the line deploys it: only where code and nested templates lie is rewritten.

/// Where handlers' code lies in the template: what `cargo lambda build` writes.
const BUILT: &str = "target/lambda/";

/// Rewrites `CodeUri` to packages beside the written template, and nested templates' locations to the checkout, `up` folders above.
///
/// Line by line: a YAML reader would lose comments and CloudFormation's short forms, and with them the sameness of the two.
pub fn rewrite(template: &str, up: &str) -> String {
    template
        .split_inclusive('\n')
        .map(|line| rewrite_line(line, up))
        .collect()
}

fn rewrite_line(line: &str, up: &str) -> String {
    let Some((before, key, value)) = ["CodeUri: ", "TemplateURL: "].into_iter().find_map(|key| {
        line.split_once(key)
            .map(|(before, value)| (before, key, value))
    }) else {
        return line.to_owned();
    };
    if !before.trim_matches([' ', '-', '{']).is_empty() {
        return line.to_owned();
    }
    match (key, value.strip_prefix(BUILT)) {
        ("CodeUri: ", Some(function)) => format!(
            "{before}{key}{}.zip\n",
            function.trim_end().trim_end_matches('/')
        ),
        ("TemplateURL: ", _) if value.starts_with("workloads/") => {
            format!("{before}{key}{up}{value}")
        }
        _ => line.to_owned(),
    }
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
    fn a_location_elsewhere_stays() {
        let template = "    TemplateURL: https://example.com/t.yaml\n    CodeUri: other/\n";
        assert_eq!(rewrite(template, "../../"), template);
    }
}
