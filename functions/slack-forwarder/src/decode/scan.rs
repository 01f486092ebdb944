//! Counts of the findings of a scan, by severity.

use super::lenient::Node;
use crate::draft::number;

/// Whether a scan has critical or high findings.
pub(super) fn is_grave(scan: Node<'_>) -> bool {
    ["CRITICAL", "HIGH"].iter().any(|level| {
        let count = scan.number(&format!("finding-severity-counts/{level}"));
        count.is_some_and(|count| count > 0.0)
    })
}

/// Returns the counts as text, the worst first: `2 CRITICAL, 5 HIGH`.
pub(super) fn counts(counts: Node<'_>) -> Option<String> {
    let known = [
        "CRITICAL",
        "HIGH",
        "MEDIUM",
        "LOW",
        "INFORMATIONAL",
        "UNTRIAGED",
        "UNDEFINED",
    ];
    let found = known.iter().filter_map(|name| {
        let count = counts
            .number(name)
            .or_else(|| counts.number(&name.to_ascii_lowercase()))?;
        // The word is ECR's own; in a message it reads like a slip.
        let name = if *name == "UNDEFINED" {
            "unrated"
        } else {
            name
        };
        (count > 0.0).then(|| format!("{} {name}", number::value(count)))
    });
    let found: Vec<String> = found.collect();
    (!found.is_empty()).then(|| found.join(", "))
}
