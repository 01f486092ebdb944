//! The severity of a finding in either format.

use crate::decode::lenient::Node;

/// From bad to worse.
const LABELS: [&str; 6] = [
    "INFORMATIONAL",
    "LOW",
    "MEDIUM",
    "HIGH",
    "CRITICAL",
    "FATAL",
];

pub(super) fn label(finding: Node<'_>) -> String {
    let written = finding.first(&[
        "Severity/Label",
        "FindingProviderFields/Severity/Label",
        "severity",
    ]);
    if let Some(label) = written {
        return label.to_uppercase();
    }
    // OCSF's number: 1 is informational, 6 is fatal.
    if let Some(id) = finding.at("severity_id").value().as_u64()
        && let Some(label) = usize::try_from(id)
            .ok()
            .and_then(|id| LABELS.get(id.checked_sub(1)?))
    {
        return (*label).to_owned();
    }
    // ASFF's older number, from 0 to 100.
    let normalized = finding.number("Severity/Normalized").unwrap_or_default();
    match normalized {
        _ if normalized >= 90.0 => "CRITICAL",
        _ if normalized >= 70.0 => "HIGH",
        _ if normalized >= 40.0 => "MEDIUM",
        _ if normalized >= 1.0 => "LOW",
        _ => "INFORMATIONAL",
    }
    .to_owned()
}

pub(super) fn rank(finding: Node<'_>) -> Option<usize> {
    let label = label(finding);
    LABELS.iter().position(|known| *known == label)
}
