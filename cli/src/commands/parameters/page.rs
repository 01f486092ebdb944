//! The page as Markdown.

use std::fmt::Write;

use super::template::{Group, Parameter, Template};

/// The longest line of a document (`tests/tests/documents.rs`).
const LINE: usize = 120;

const HEAD: &str = "# Parameters

`picket parameters write` writes this page from the templates; `picket check` and a test compare it with them. Set a
parameter in `parameter_overrides` of [samconfig.toml](../samconfig.toml), or once: `sam deploy --parameter-overrides
StreamShards=2`. One without a default must be set.
";

/// The page's text.
pub(super) fn text(templates: &[Template]) -> String {
    let mut page = HEAD.to_owned();
    for template in templates {
        let name = &template.name;
        let link = format!("[{name}](../{name})");
        add(&mut page, &format!("\n## {link}\n"));
        if template.name.starts_with("workloads/") {
            let note = "The root template does not pass these: change the `Default` in the file.";
            add(&mut page, &format!("\n{note}\n"));
        }
        for group in &template.groups {
            add(&mut page, &group_text(group));
        }
    }
    page
}

fn add(page: &mut String, text: &str) {
    page.push_str(text);
}

fn group_text(group: &Group) -> String {
    let mut text = match &group.label {
        Some(label) => format!("\n### {label}\n\n"),
        None => "\n".to_owned(),
    };
    for parameter in &group.parameters {
        text.push_str(&entry(parameter));
    }
    text
}

/// A parameter as an element of a list: what it is, its values and default, and what it does.
fn entry(parameter: &Parameter) -> String {
    let mut first = format!("`{}`", parameter.name);
    if let Some(label) = &parameter.label {
        write!(first, ": {}", plain(label)).expect("a String takes all that is written to it");
    }
    let default = match parameter.default.as_deref() {
        None => "no default".to_owned(),
        Some("") => "default empty".to_owned(),
        Some(default) => format!("default `{default}`"),
    };
    let allowed = parameter
        .allowed
        .as_deref()
        .map(sentence)
        .unwrap_or_default();
    let mut lines = wrapped(&format!("{first}; {default}{allowed}."), "- ");
    if let Some(description) = &parameter.description {
        lines.push_str(&wrapped(&plain(description), "  "));
    }
    lines
}

/// The allowed values after the default; what is no code is written as plain text.
fn sentence(allowed: &str) -> String {
    let allowed = if allowed.contains('`') {
        allowed.to_owned()
    } else {
        plain(allowed)
    };
    format!("; {allowed}")
}

/// Text in which Markdown marks nothing.
fn plain(text: &str) -> String {
    text.replace('<', "\\<").replace('*', "\\*")
}

/// Words in lines, the first with a mark before it and the others indented as far.
fn wrapped(text: &str, mark: &str) -> String {
    let mut lines = String::new();
    let mut line = mark.to_owned();
    let mut begins = true;
    for word in text.split_whitespace() {
        let fits = line.chars().count() + 1 + word.chars().count() <= LINE;
        if !begins && !fits {
            lines.push_str(&line);
            lines.push('\n');
            line = " ".repeat(mark.len());
            begins = true;
        }
        if !begins {
            line.push(' ');
        }
        line.push_str(word);
        begins = false;
    }
    lines.push_str(&line);
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_an_entry_with_default_values_and_effect_under_its_group() {
        let template = "
Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups:
      - Label: { default: Stream }
        Parameters: [Shards]
    ParameterLabels: { Shards: { default: Number of shards } }
Parameters:
  Shards: { Type: Number, Default: 1, MinValue: 1, MaxValue: 10, Description: 'More read <more>.' }
  Mode: { Type: String, AllowedValues: [observe, act] }
  Url: { Type: String, Default: '', AllowedPattern: '^x$', ConstraintDescription: an address }
";
        let template = Template::read("template.yaml".to_owned(), template).unwrap();
        let page = text(&[template]);
        let entries = page
            .split_once("## [template.yaml](../template.yaml)\n")
            .unwrap()
            .1;
        let expected = "
### Stream

- `Shards`: Number of shards; default `1`; a number from 1 to 10.
  More read \\<more>.

### Others

- `Mode`; no default; one of `observe`, `act`.
- `Url`; default empty; an address.
";
        assert_eq!(entries, expected);
    }

    #[test]
    fn a_workloads_parameters_that_the_root_passes_are_left_out() {
        let root = "
Resources:
  Orders:
    Type: AWS::Serverless::Application
    Properties: { Location: workloads/orders/template.yaml, Parameters: { Passed: 1 } }
";
        let root = Template::read("template.yaml".to_owned(), root).unwrap();
        let passed = root
            .passed("workloads/orders/template.yaml")
            .into_iter()
            .collect();
        let workload = "Parameters: { Passed: { Type: String }, Own: { Type: String } }";
        let workload = Template::read("workloads/orders/template.yaml".to_owned(), workload);
        let page = text(&[workload.unwrap().without(&passed)]);
        assert!(
            page.contains("- `Own`; no default.\n") && !page.contains("Passed"),
            "{page}"
        );
    }

    #[test]
    fn lines_are_wrapped_at_words() {
        let text = wrapped(&"word ".repeat(40), "- ");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("- word") && lines[1].starts_with("  word"));
        assert!(lines.iter().all(|line| line.len() <= LINE));
    }
}
