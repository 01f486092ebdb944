//! What the users of a workload asked for has a line that says where it is met, and the line can be followed.

use std::{collections::BTreeSet, fs};

use picket_alarms::template::resolve;

use crate::{
    alarms::example,
    load::{root, templates, text},
};

/// Ids of requirements, such as `001-25`.
fn id(cell: &str) -> Option<&str> {
    let (document, number) = cell.split_once('-')?;
    let digits = |text: &str, least: usize| {
        text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (digits(document, 3) && document.len() == 3 && digits(number, 2)).then_some(cell)
}

/// The rows of a workload's `requirements.md`: id and where it is met.
fn rows(workload: &str) -> Vec<(String, String)> {
    let all = text(&format!("workloads/{workload}/requirements.md"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let id = id(cells.first()?)?;
        assert_eq!(cells.len(), 3, "{workload}: {line}");
        assert!(!cells[2].is_empty(), "{workload}: {line}");
        Some((id.to_owned(), cells[2].to_owned()))
    };
    all.lines().filter_map(row).collect()
}

/// The workloads with requirements.
fn workloads() -> Vec<String> {
    let names = templates().workloads().keys();
    let has = |name: &&String| {
        root()
            .join(format!("workloads/{name}/requirements.md"))
            .exists()
    };
    names.filter(has).cloned().collect()
}

/// All names that a line can mention: logical ids, parameters, outputs, and the words of the workload's own files.
fn known(workload: &str) -> String {
    let mut all = String::new();
    let folder = root().join("workloads").join(workload);
    for entry in walk(&folder) {
        if entry
            .file_name()
            .is_some_and(|name| name != "requirements.md")
        {
            all.push_str(&fs::read_to_string(&entry).unwrap_or_default());
        }
    }
    let others = [
        "template.yaml",
        "account.yaml",
        "service-events.yaml",
        "samconfig.toml",
        "shared/catalogue/aws.yaml",
        "shared/catalogue/picket.yaml",
        "functions/probe-runner/template.yaml",
        "functions/cost-reporter/template.yaml",
        "workloads/picket/template.yaml",
        "functions/slack-forwarder/routes.yaml",
        "functions/alarm-remediator/playbooks.yaml",
    ];
    for path in others {
        all.push_str(&text(path));
    }
    for entry in walk(&root().join("docs")) {
        if entry.extension().is_some_and(|extension| extension == "md") {
            all.push_str(&fs::read_to_string(entry).unwrap_or_default());
        }
    }
    all
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is in this repository");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The words in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn is_file(workload: &str, name: &str) -> bool {
    let name = name.split('#').next().unwrap_or(name);
    let inside = walk(&root().join("workloads").join(workload));
    if inside.iter().any(|path| path.ends_with(name)) {
        return true;
    }
    let folders = [
        format!("workloads/{workload}"),
        String::new(),
        "docs".to_owned(),
    ];
    folders
        .iter()
        .any(|folder| root().join(folder).join(name).exists())
}

#[test]
fn every_requirement_has_one_line_and_what_the_line_names_exists() {
    let mut ids = BTreeSet::new();
    for workload in workloads() {
        let known = known(&workload);
        for (id, place) in rows(&workload) {
            for name in quoted(&place) {
                assert!(
                    is_file(&workload, name) || known.contains(name),
                    "{workload} {id}: {name:?} is nowhere"
                );
            }
            assert!(ids.insert(id.clone()), "{id} has two lines");
        }
    }
}

#[test]
fn every_workload_but_pickets_own_has_requirements() {
    let all: BTreeSet<String> = templates().workloads().keys().cloned().collect();
    let with: BTreeSet<String> = workloads().into_iter().collect();
    let without: Vec<&String> = all.difference(&with).collect();
    assert_eq!(without, ["picket"]);
    for workload in with {
        assert!(!rows(&workload).is_empty(), "{workload}");
    }
}

/// A workload can be tried and tested with its parameters: they are the root template's.
#[test]
fn the_example_of_a_workload_names_parameters_of_the_root_template() {
    let parameters = &templates().source()["Parameters"];
    for name in templates()
        .workloads()
        .keys()
        .filter(|name| *name != "picket")
    {
        let given = example(name);
        for parameter in given.keys() {
            assert!(parameters[parameter].is_object(), "{name}: {parameter}");
        }
    }
}

/// A stack with one workload has that one alone, beside Picket's own.
#[test]
fn each_workload_deploys_alone_with_the_parameters_of_its_example() {
    for name in templates()
        .workloads()
        .keys()
        .filter(|name| *name != "picket")
    {
        let mut given = example(name);
        given.insert("Environment".to_owned(), "dev".into());
        for (parameter, _) in switches() {
            given.entry(parameter).or_insert_with(|| "false".into());
        }
        let stack = resolve(templates().source(), "picket-dev", &given)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let urls = stack.resources.values();
        let deployed: BTreeSet<&str> = urls
            .filter_map(|resource| resource.properties["TemplateURL"].as_str())
            .filter_map(|url| {
                url.strip_prefix("workloads/")?
                    .strip_suffix("/template.yaml")
            })
            .collect();
        assert_eq!(deployed, BTreeSet::from(["picket", name.as_str()]));
    }
}

/// The parameters that switch a workload on, with the workload.
fn switches() -> Vec<(String, &'static str)> {
    let parameters = templates().source()["Parameters"].as_object();
    let words = |name: &str| name.to_ascii_lowercase().replace('-', "");
    let mut found = Vec::new();
    for workload in templates().workloads().keys() {
        let names = parameters
            .into_iter()
            .flat_map(|parameters| parameters.keys());
        found.extend(
            names
                .filter(|name| name.to_ascii_lowercase() == words(workload))
                .map(|name| (name.clone(), workload.as_str())),
        );
    }
    found
}
