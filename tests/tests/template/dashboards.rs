//! Dashboards are written from their sources, are such as AWS describes, and have the units of their metrics.

use std::{collections::BTreeMap, fs};

use picket_dashboards::{section, validate};
use picket_rules::metrics::Unit;
use serde_json::Value;

use crate::{
    alarms::deployed,
    catalogue::{unit_of, used},
    load::{resources, root, templates, text},
};

/// The sources of a workload, by path from its folder.
fn sources(name: &str) -> Vec<section::Source> {
    let folder = root().join(format!("workloads/{name}"));
    let entries = fs::read_dir(folder.join("dashboards"));
    let mut sources: Vec<section::Source> = entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            let file = format!("dashboards/{}", name.to_string_lossy());
            let text = fs::read_to_string(folder.join(&file)).expect("a source can be read");
            (file, text)
        })
        .collect();
    sources.sort();
    sources
}

#[test]
fn the_templates_hold_what_the_sources_give() {
    let mut seen = 0;
    for (name, template) in templates().workloads() {
        let (path, sources) = (format!("workloads/{name}/template.yaml"), sources(name));
        let written = section::write_all(&text(&path), template, &sources)
            .unwrap_or_else(|refused| panic!("{path}: {refused:#?}"));
        let is_same = written == text(&path);
        assert!(
            is_same,
            "{path} is not what its sources give: run `picket dashboards write`"
        );
        let declared = resources(template, "AWS::CloudWatch::Dashboard").len();
        assert_eq!(
            declared,
            sources.len(),
            "{path}: a dashboard without a source"
        );
        seen += declared;
    }
    assert!(seen > 3, "{seen} dashboards");
}

#[test]
fn the_bodies_are_such_as_aws_describes() {
    for one in deployed() {
        for (id, resource) in &one.resolved.resources {
            if resource.kind != "AWS::CloudWatch::Dashboard" {
                continue;
            }
            let body = resource.properties["DashboardBody"]
                .as_str()
                .expect("a text");
            assert!(
                body.is_ascii(),
                "{id}: not each way to CloudWatch keeps other letters"
            );
            let body: Value =
                serde_json::from_str(body).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(validate::problems(&body), Vec::<String>::new(), "{id}");
        }
    }
}

/// Two stacks in one account, and two dashboards of one stack.
#[test]
fn dashboards_have_names_of_their_own() {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for one in deployed() {
        for (id, resource) in &one.resolved.resources {
            if resource.kind == "AWS::CloudWatch::Dashboard" {
                let name = resource.properties["DashboardName"]
                    .as_str()
                    .expect("a name");
                assert!(name.starts_with("picket-dev-"), "{id}: {name}");
                let other = names.insert(name.to_owned(), id.clone());
                assert_eq!(other, None, "{name}");
            }
        }
    }
}

#[test]
fn an_axis_has_the_unit_of_its_metrics() {
    let mut seen = 0;
    for one in used() {
        let Some(axis) = &one.axis else {
            continue;
        };
        let axis = if axis == "US dollars" {
            Unit::NONE.as_str()
        } else {
            axis
        };
        let unit = unit_of(&one).unwrap_or_default();
        assert_eq!(axis, unit, "{}: {} {}", one.place, one.namespace, one.name);
        seen += 1;
    }
    assert!(seen > 20, "{seen} metrics on axes");
}
