//! Grafana's dashboards: provisioned files that show what the rules record and what exporters have.

use std::collections::BTreeSet;

use picket_dashboards::grafana::{Board, problems};
use serde_json::Value;

use crate::{
    alerts::is_listed,
    files::{files, folders, metrics, rules, text},
};

/// A dashboard, and its refresh as the users asked for.
const REFRESHES: [(&str, &str); 6] = [
    ("inquiry-pipeline-business", "5m"),
    ("inquiry-pipeline-cluster", "1m"),
    ("inquiry-pipeline-mesh", "1m"),
    ("inquiry-pipeline-models", "1m"),
    ("inquiry-pipeline-overview", "30s"),
    ("inquiry-pipeline-system", "30s"),
];

/// The dashboards of a folder, by path.
fn dashboards(folder: &str) -> Vec<(String, Value)> {
    let files = files(&format!("{folder}/grafana/dashboards"), ".json");
    let read = |path: String| {
        let json = serde_json::from_str(&text(&path));
        let json = json.unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, json)
    };
    files.into_iter().map(read).collect()
}

/// The queries of all panels of a folder's dashboards.
pub(crate) fn queries(folder: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (_, dashboard) in dashboards(folder) {
        for panel in panels(&dashboard) {
            let targets = panel["targets"].as_array().expect("targets");
            let query = |target: &Value| target["expr"].as_str().expect("a query").to_owned();
            all.extend(targets.iter().map(query));
        }
    }
    all
}

fn panels(dashboard: &Value) -> &[Value] {
    dashboard["panels"].as_array().expect("panels")
}

#[test]
fn the_files_are_what_their_sources_give_and_grafana_takes_them() {
    for folder in folders() {
        let mut names = BTreeSet::new();
        for path in files(&format!("{folder}/dashboards"), ".yaml") {
            let board = Board::read(&path, &text(&path));
            let board = board.unwrap_or_else(|error| panic!("{error}"));
            let file = format!("{folder}/grafana/dashboards/{}.json", board.id);
            let is_same = text(&file) == board.text();
            assert!(is_same, "{file}: run `picket dashboards write`");
            names.insert(file);
        }
        let found: BTreeSet<String> = dashboards(&folder)
            .into_iter()
            .map(|(path, dashboard)| {
                assert_eq!(problems(&dashboard), Vec::<String>::new(), "{path}");
                path
            })
            .collect();
        assert_eq!(names, found);
    }
}

#[test]
fn each_dashboard_has_an_id_of_its_own_and_the_refresh_that_was_asked_for() {
    for folder in folders() {
        let mut seen = BTreeSet::new();
        for (path, dashboard) in dashboards(&folder) {
            let uid = dashboard["uid"].as_str().expect("an id");
            assert!(path.ends_with(&format!("/{uid}.json")), "{path}: {uid}");
            // Grafana's limit.
            assert!(uid.len() <= 40, "{uid}");
            seen.insert((
                uid.to_owned(),
                dashboard["refresh"].as_str().unwrap_or_default().to_owned(),
            ));
        }
        let expected = REFRESHES.map(|(uid, refresh)| (uid.to_owned(), refresh.to_owned()));
        assert_eq!(seen, BTreeSet::from(expected), "{folder}");
    }
}

#[test]
fn every_panel_has_a_title_a_unit_and_the_chosen_source_and_none_covers_another() {
    for folder in folders() {
        for (path, dashboard) in dashboards(&folder) {
            let mut cells = BTreeSet::new();
            for panel in panels(&dashboard) {
                let title = panel["title"].as_str().expect("a title");
                assert!(
                    panel["fieldConfig"]["defaults"]["unit"].is_string(),
                    "{path}: {title}"
                );
                assert_eq!(
                    panel["datasource"]["uid"], "${datasource}",
                    "{path}: {title}"
                );
                let place = |name: &str| panel["gridPos"][name].as_u64().expect("a place");
                assert!(place("x") + place("w") <= 24, "{path}: {title}");
                for x in place("x")..place("x") + place("w") {
                    for y in place("y")..place("y") + place("h") {
                        assert!(cells.insert((x, y)), "{path}: {title} covers another");
                    }
                }
            }
        }
    }
}

#[test]
fn every_metric_of_a_panel_is_recorded_or_of_a_known_exporter() {
    for folder in folders() {
        let readme = text(&format!("{folder}/README.md"));
        let groups = rules(&folder).into_iter().flat_map(|(_, file)| file.groups);
        let recorded: BTreeSet<String> = groups
            .flat_map(|group| group.rules)
            .filter_map(|rule| rule.record)
            .collect();
        let mut seen = BTreeSet::new();
        for (path, dashboard) in dashboards(&folder) {
            for panel in panels(&dashboard) {
                let targets = panel["targets"].as_array().expect("targets");
                assert!(!targets.is_empty(), "{path}: {}", panel["title"]);
                for target in targets {
                    let expression = target["expr"].as_str().expect("an expression");
                    let names = metrics(expression);
                    assert!(!names.is_empty(), "{path}: {expression}");
                    for name in names {
                        let exists = recorded.contains(&name) || is_listed(&readme, &name);
                        assert!(exists, "{path}: nothing makes {name}");
                        seen.insert(name);
                    }
                }
            }
        }
        assert!(seen.len() > 30, "{} metrics", seen.len());
    }
}
