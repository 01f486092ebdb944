//! The reference pages of the formats: their examples are valid, and they name every field.

use std::{collections::BTreeSet, fs};

use picket_alarms::cases;

use crate::{in_root, picket, written};

fn page(name: &str) -> String {
    fs::read_to_string(in_root(&format!("docs/{name}"))).expect("the page is in this repository")
}

/// The YAML examples of a page.
fn examples(page: &str) -> Vec<&str> {
    let parts = page.split("```yaml\n").skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default())
        .collect()
}

/// The pages of the formats that `picket check` knows, with the file that each describes, and a page with examples of one.
const PAGES: [(&str, &str); 5] = [
    ("format-metrics.md", "metrics.yaml"),
    ("format-routes.md", "routes.yaml"),
    ("format-playbooks.md", "playbooks.yaml"),
    ("format-prices.md", "prices.yaml"),
    ("remediation.md", "playbooks.yaml"),
];

#[tokio::test]
async fn every_example_of_a_format_is_valid() {
    for (name, file) in PAGES {
        let page = page(name);
        let examples = examples(&page);
        assert!(!examples.is_empty(), "{name}");
        // Documents of Systems Manager are no format of Picket's; a test of the playbooks reads them.
        let is_ours = |example: &&str| !example.starts_with("schemaVersion:");
        for example in examples.into_iter().filter(is_ours) {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path(), file, example);
            let answer = picket(&["check", &path]).await;
            assert!(
                answer.ended_with(0),
                "{name}: {}{}",
                answer.answers,
                answer.complaints
            );
        }
    }
}

#[test]
fn every_example_of_cases_can_be_read() {
    let page = page("format-alarm-cases.md");
    let examples = examples(&page);
    assert!(examples.len() >= 2);
    for example in examples {
        let file = cases::read_file(example).unwrap();
        for case in file.alarms.iter().flat_map(|suite| &suite.cases) {
            for text in case.series.values() {
                let is_state = text.contains("OK") || text.contains("ALARM");
                assert!(is_state || cases::tokens::samples(text).is_ok(), "{text}");
            }
            let actions = case.actions.as_deref().map(cases::tokens::actions);
            assert!(
                actions.is_none_or(|actions| actions.is_ok()),
                "{}",
                case.name
            );
        }
    }
}

/// The fields that a format takes, as its errors name them where the examples have an unknown one in every mapping.
async fn fields(file: &str, example: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut found = BTreeSet::new();
    let mut unknown = format!("unknown: 1\n{example}");
    for opening in ["{ ", "- "] {
        unknown = unknown.replace(opening, &format!("{opening}unknown: 1, "));
    }
    // In block style, a field begins a line of its own.
    let block: Vec<String> = unknown
        .lines()
        .map(
            |line| match line.trim_start().strip_prefix("- unknown: 1, ") {
                Some(rest) if !rest.starts_with(['{', '[']) => {
                    let indent = " ".repeat(line.len() - line.trim_start().len());
                    format!("{indent}- unknown: 1\n{indent}  {rest}")
                }
                Some(rest) => {
                    let indent = " ".repeat(line.len() - line.trim_start().len());
                    format!("{indent}- {rest}")
                }
                None => line.to_owned(),
            },
        )
        .collect();
    let path = written(folder.path(), file, &block.join("\n"));
    let answer = picket(&["check", "--json", &path]).await;
    let values = answer.values();
    let problems = values[0]["problems"].as_array().expect("a list");
    for problem in problems {
        let message = problem["message"].as_str().expect("a text");
        if let Some((_, known)) = message.split_once("expected one of ") {
            found.extend(known.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

#[tokio::test]
async fn a_page_names_every_field_of_its_format() {
    for (name, file, least) in [
        ("format-metrics.md", "metrics.yaml", 20),
        ("format-routes.md", "routes.yaml", 20),
        ("format-playbooks.md", "playbooks.yaml", 20),
        ("format-prices.md", "prices.yaml", 15),
    ] {
        let page = page(name);
        let mut all = BTreeSet::new();
        for example in examples(&page) {
            all.extend(fields(file, example).await);
        }
        assert!(all.len() >= least, "{name}: {all:?}");
        for field in all {
            let is_named = [format!("`{field}`"), format!("{field}:")];
            assert!(
                is_named.iter().any(|each| page.contains(each)),
                "{name}: {field}"
            );
        }
    }
}

#[tokio::test]
async fn the_page_of_the_command_line_has_the_exit_statuses_of_the_help() {
    let help = picket(&["check", "--help"]).await.answers;
    let table = help.split("Exit status:").nth(1).unwrap().trim();
    assert_eq!(table.lines().count(), 4, "{help}");
    let page = page("command-line.md");
    for line in table.lines() {
        assert!(page.contains(line.trim()), "{line}");
    }
}
