//! The reader of templates, against the Python of SAM.

use picket_alarms::template::document;
use serde_json::Value;

use crate::load::{nested_templates, templates, text};

/// Every template of the repository, by path, as Python reads it.
fn by_python() -> Vec<(String, &'static Value)> {
    let roots = [
        ("template.yaml".to_owned(), templates().source()),
        ("account.yaml".to_owned(), templates().account()),
        (
            "service-events.yaml".to_owned(),
            templates().service_events(),
        ),
    ];
    let nested = [
        ("functions", templates().functions()),
        ("workloads", templates().workloads()),
    ];
    let nested = nested.into_iter().flat_map(|(folder, all)| {
        all.iter()
            .map(move |(name, template)| (format!("{folder}/{name}/template.yaml"), template))
    });
    roots.into_iter().chain(nested).collect()
}

#[test]
fn every_template_is_read_as_sam_reads_it() {
    let all = by_python();
    assert_eq!(all.len(), 3 + nested_templates().len());
    for (path, expected) in all {
        let read = document::read(&text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(read == *expected, "{path} is read differently");
        assert_eq!(
            document::read(&expected.to_string()).as_ref(),
            Ok(expected),
            "{path} as JSON"
        );
    }
}
