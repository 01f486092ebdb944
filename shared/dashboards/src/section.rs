//! The place of a dashboard in its workload's template: between two comments, of which everything is written.

use serde_json::Value;

use crate::{Body, InvalidDashboard, body, source::Dashboard};

/// A source by its path from the template's folder, and its text.
pub type Source = (String, String);

/// Why a template cannot have a dashboard, with the source's path.
pub type Refusal = (String, InvalidDashboard);

/// The template with the bodies of all its dashboards. `document` is what `template` says, functions in their long
/// form. A section whose source is not among `sources` is refused, as is a dashboard without a section.
pub fn write_all(
    template: &str,
    document: &Value,
    sources: &[Source],
) -> Result<String, Vec<Refusal>> {
    let mut refused: Vec<Refusal> = files(template)
        .into_iter()
        .filter(|file| !sources.iter().any(|(known, _)| known == file))
        .map(|file| {
            let reason = format!("{file} is not there, and the template has a section for it");
            (file, InvalidDashboard::Source(reason))
        })
        .collect();
    let mut written = template.to_owned();
    for (file, text) in sources {
        let whole = Dashboard::read(file, text).and_then(|dashboard| {
            let body = body(&dashboard, document)?;
            write(&written, file, &dashboard, &body)
        });
        match whole {
            Ok(whole) => written = whole,
            Err(error) => refused.push((file.clone(), error)),
        }
    }
    if refused.is_empty() {
        Ok(written)
    } else {
        Err(refused)
    }
}

/// The template with the body of a dashboard. `file` is the source's path from the template's folder.
pub fn write(
    template: &str,
    file: &str,
    dashboard: &Dashboard,
    body: &Body,
) -> Result<String, InvalidDashboard> {
    let (begin, end) = (begin(file), end(file));
    let missing = || InvalidDashboard::NoSection {
        begin: begin.clone(),
        end: end.clone(),
    };
    let lines: Vec<&str> = template.lines().collect();
    let only = |wanted: &str| {
        let mut found = (0..lines.len()).filter(|&at| lines[at].trim() == wanted);
        found.next().filter(|_| found.next().is_none())
    };
    let (first, last) = only(&begin).zip(only(&end)).ok_or_else(missing)?;
    if first >= last {
        return Err(missing());
    }
    let section = indented(&properties(dashboard, body), lines[first]);
    let mut text = [&lines[..=first], &[section.trim_end()], &lines[last..]]
        .concat()
        .join("\n");
    text.push('\n');
    Ok(text)
}

/// The sources that a template names, by the lines at which their sections begin.
pub fn files(template: &str) -> Vec<String> {
    let (before, after) = BEGIN;
    let file = |line: &str| {
        Some(
            line.trim()
                .strip_prefix(before)?
                .strip_suffix(after)?
                .to_owned(),
        )
    };
    template.lines().filter_map(file).collect()
}

const BEGIN: (&str, &str) = ("# Begin ", ", written by `picket dashboards write`.");

fn begin(file: &str) -> String {
    format!("{}{file}{}", BEGIN.0, BEGIN.1)
}

fn end(file: &str) -> String {
    format!("# End {file}.")
}

/// The lines with the indentation of another one.
fn indented(text: &str, other: &str) -> String {
    let indent = &other[..other.len() - other.trim_start().len()];
    let indented = |line: &str| format!("{indent}{line}\n");
    text.lines().map(indented).collect::<Vec<_>>().concat()
}

fn properties(dashboard: &Dashboard, body: &Body) -> String {
    let body = indented(&body.text(), "  ");
    format!(
        "DashboardName: !Sub ${{StackName}}-{}\nDashboardBody: !Sub |\n{body}",
        dashboard.name
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::body;

    const SOURCE: &str = "
Resource: Board
Name: usage
Title: Usage
Runbook: r.md
Rows: []
";

    fn made() -> (Dashboard, Body) {
        let dashboard = Dashboard::read("d.yaml", SOURCE).unwrap();
        let template = json!({
            "Parameters": {"StackName": {}, "RunbookBaseUrl": {}},
            "Resources": {"Board": {"Type": "AWS::CloudWatch::Dashboard"}},
        });
        let body = body(&dashboard, &template).unwrap();
        (dashboard, body)
    }

    #[test]
    fn what_is_between_the_comments_is_replaced_and_nothing_else() {
        let (dashboard, body) = made();
        let begin = begin("dashboards/d.yaml");
        let template = format!("a: 1\n  {begin}\n  old: 2\n  # End dashboards/d.yaml.\nb: 3\n");
        let written = write(&template, "dashboards/d.yaml", &dashboard, &body).unwrap();
        assert!(written.starts_with(&format!(
            "a: 1\n  {begin}\n  DashboardName: !Sub ${{StackName}}-usage\n  DashboardBody: !Sub |\n    {{\n"
        )));
        assert!(
            written.ends_with("\n    }\n  # End dashboards/d.yaml.\nb: 3\n"),
            "{written}"
        );
        assert!(!written.contains("old"));
        let again = write(&written, "dashboards/d.yaml", &dashboard, &body).unwrap();
        assert_eq!(again, written);
        assert_eq!(files(&written), ["dashboards/d.yaml"]);
    }

    #[test]
    fn a_template_without_its_comments_is_refused() {
        let (dashboard, body) = made();
        let (begin, end) = (begin("d.yaml"), end("d.yaml"));
        for template in [
            String::new(),
            begin.clone(),
            format!("{end}\n{begin}\n"),
            format!("{begin}\n{begin}\n{end}\n"),
        ] {
            let refused = write(&template, "d.yaml", &dashboard, &body);
            assert!(
                matches!(refused, Err(InvalidDashboard::NoSection { .. })),
                "{template}"
            );
        }
    }
}
