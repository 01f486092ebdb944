//! Alarms and dashboards name metrics that exist, and every metric of a rule has a reader.

mod emitted;
mod used;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use picket_catalogue::Catalogue;
use picket_shared::series::OWN_NAMESPACE;

use crate::load::{root, text};
use emitted::{Emitted, emitted, own};
pub(crate) use used::{Used, used};

/// Metrics of rules and probes that neither an alarm nor a dashboard shows, with the reason.
const READ_ELSEWHERE: [(&str, &str, &str); 0] = [];

#[test]
fn every_metric_of_alarms_and_dashboards_exists() {
    let (emitted, used) = (emitted(), used());
    let problems: Vec<String> = used
        .iter()
        .filter_map(|one| Some(format!("{}: {}", one.place, problem(one, &emitted)?)))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let in_dashboards = used.iter().filter(|one| one.place.ends_with("Dashboard"));
    assert!(
        in_dashboards.count() > 20 && used.len() > 60,
        "not all are seen"
    );
}

#[test]
fn what_does_not_exist_is_a_problem_with_its_reason() {
    let emitted = emitted();
    for (namespace, name, dimensions, statistic, expected) in [
        (
            "AWS/Lambda",
            "Error",
            &["FunctionName"][..],
            "Sum",
            "no metric Error",
        ),
        (
            "AWS/Lambda",
            "Errors",
            &["StreamName"],
            "Sum",
            "does not exist with StreamName",
        ),
        (
            "AWS/Lambda",
            "Errors",
            &["FunctionName"],
            "p99",
            "p99 makes no sense",
        ),
        (
            "AWS/Lamda",
            "Errors",
            &["FunctionName"],
            "Sum",
            "AWS/Lambda is nearest",
        ),
        (
            "Picket",
            "Heartbeats",
            &["Stack"],
            "Sum",
            "Heartbeat is nearest",
        ),
        ("Picket", "CursorAge", &["Stack"], "Maximum", "Sink + Stack"),
        (
            "Picket/WebApi",
            "Availabilty",
            &["Environment"],
            "Average",
            "no rule",
        ),
        ("Picket/WebApi", "Availability", &[], "Average", "no rule"),
        (
            "BedrockUsage",
            "Requests",
            &["Environment"],
            "p99",
            "distribution",
        ),
    ] {
        let one = Used {
            place: String::new(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions.iter().map(|&name| name.to_owned()).collect(),
            statistic: statistic.to_owned(),
            axis: None,
        };
        let problem = problem(&one, &emitted).unwrap_or_default();
        assert!(problem.contains(expected), "{name}: {problem}");
    }
}

/// The unit that a metric is published with.
pub(crate) fn unit_of(one: &Used) -> Option<String> {
    let made = emitted().into_iter().find(|rule| {
        rule.namespace == one.namespace
            && rule.name == one.name
            && rule.dimensions == one.dimensions
    });
    let dimensions: Vec<&str> = one.dimensions.iter().map(String::as_str).collect();
    let find = |catalogue: &Catalogue| {
        let metric = catalogue
            .find(&one.namespace, &one.name, &dimensions)
            .ok()?;
        Some(metric.unit.to_string())
    };
    let made = made.map(|rule| rule.unit);
    made.or_else(|| find(Catalogue::picket()))
        .or_else(|| find(Catalogue::aws()))
}

/// The reason why a metric cannot be read; `None` where it can.
fn problem(one: &Used, emitted: &[Emitted]) -> Option<String> {
    let dimensions: Vec<&str> = one.dimensions.iter().map(String::as_str).collect();
    let catalogue = if one.namespace == OWN_NAMESPACE {
        Catalogue::picket()
    } else {
        Catalogue::aws()
    };
    let (namespace, name, statistic) = (&one.namespace, &one.name, &one.statistic);
    if one.namespace == OWN_NAMESPACE || !emitted.iter().any(|rule| rule.namespace == *namespace) {
        return match catalogue.find(namespace, name, &dimensions) {
            Err(error) => Some(error.to_string()),
            Ok(metric) if metric.suits(statistic) => None,
            Ok(_) => Some(format!("{statistic} makes no sense of {namespace} {name}")),
        };
    }
    let made = emitted.iter().find(|rule| {
        rule.namespace == *namespace && rule.name == *name && rule.dimensions == one.dimensions
    });
    match made {
        None => Some(format!(
            "no rule makes {namespace} {name} with {dimensions:?}"
        )),
        Some(rule) if statistic.starts_with(['p', 'P']) && !rule.has_percentiles => Some(format!(
            "{statistic} of {namespace} {name} needs `Kind: distribution`"
        )),
        Some(_) => None,
    }
}

#[test]
fn every_metric_of_a_rule_or_probe_has_a_reader() {
    let read: BTreeSet<(String, String)> = used()
        .into_iter()
        .map(|one| (one.namespace, one.name))
        .collect();
    let unread: BTreeSet<(String, String)> = emitted()
        .into_iter()
        .filter(|one| one.is_of_rule)
        .map(|one| (one.namespace, one.name))
        .filter(|metric| !read.contains(metric))
        .collect();
    let expected: BTreeSet<(String, String)> = READ_ELSEWHERE
        .into_iter()
        .map(|(namespace, name, _)| (namespace.to_owned(), name.to_owned()))
        .collect();
    assert_eq!(
        unread, expected,
        "left: no alarm or dashboard reads them; right: READ_ELSEWHERE"
    );
}

#[test]
fn the_catalogue_of_picket_is_what_its_functions_publish() {
    let catalogue = Catalogue::picket();
    for one in own() {
        let dimensions: Vec<&str> = one.dimensions.iter().map(String::as_str).collect();
        let metric = catalogue.find(OWN_NAMESPACE, &one.name, &dimensions);
        let metric = metric.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(metric.unit.as_str(), one.unit, "{}", one.name);
    }
    let (sources, page) = (sources("functions"), text("docs/own-metrics.md"));
    for (_, metrics) in catalogue.namespaces() {
        for name in metrics.iter().flat_map(|metric| &metric.names) {
            let literal = format!("\"{name}\"");
            assert!(sources.contains(&literal), "no function publishes {name}");
            let documented = page.contains(&format!("`{name}`"));
            assert!(documented, "docs/own-metrics.md does not name {name}");
        }
    }
}

#[test]
fn a_metric_has_one_unit_whoever_publishes_it() {
    let mut units: BTreeMap<(String, String), String> = BTreeMap::new();
    for one in emitted() {
        let key = (one.namespace.clone(), one.name.clone());
        let unit = units.entry(key).or_insert_with(|| one.unit.clone());
        assert_eq!(*unit, one.unit, "{} {}", one.namespace, one.name);
    }
}

/// The text of all Rust files below a folder, less tests.
fn sources(folder: &str) -> String {
    fn add(path: &Path, all: &mut String) {
        let Ok(entries) = fs::read_dir(path) else {
            return;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().and_then(|name| name.to_str());
            if path.is_dir() && name != Some("tests") {
                add(&path, all);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && name != Some("tests.rs")
            {
                let text = fs::read_to_string(&path).expect("a source file can be read");
                all.push_str(text.split("#[cfg(test)]").next().unwrap_or_default());
            }
        }
    }
    let mut all = String::new();
    add(&root().join(folder), &mut all);
    all
}
