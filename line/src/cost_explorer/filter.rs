//! The dimensions of the generated account, and filters on them.

use serde_json::Value;

use super::month::Service;

/// The dimensions that the stand-in knows.
pub(super) const DIMENSIONS: [&str; 5] = [
    "SERVICE",
    "RECORD_TYPE",
    "LINKED_ACCOUNT",
    "REGION",
    "USAGE_TYPE",
];

/// The value of a service's one line in a dimension.
pub(super) fn value(service: &Service, dimension: &str) -> &'static str {
    let is_tax = service.name == "Tax";
    match dimension {
        "SERVICE" => service.name,
        "RECORD_TYPE" if is_tax => "Tax",
        "RECORD_TYPE" => "Usage",
        "LINKED_ACCOUNT" => "000000000000",
        "REGION" if is_tax => "NoRegion",
        "REGION" => "us-east-1",
        _ => "USE1-Requests",
    }
}

/// Whether a filter takes a service: `Dimensions`, `Not` and `And`, as Cost Explorer nests them.
pub(super) fn takes(filter: Option<&Value>, service: &Service) -> Result<bool, String> {
    let Some(filter) = filter else {
        return Ok(true);
    };
    if let Some(all) = filter["And"].as_array() {
        return all
            .iter()
            .try_fold(true, |taken, part| Ok(taken && takes(Some(part), service)?));
    }
    if filter["Not"].is_object() {
        return Ok(!takes(Some(&filter["Not"]), service)?);
    }
    let dimensions = &filter["Dimensions"];
    match (dimensions["Key"].as_str(), dimensions["Values"].as_array()) {
        (Some(key), Some(values)) if DIMENSIONS.contains(&key) => {
            Ok(values.iter().any(|wanted| wanted == value(service, key)))
        }
        _ => Err(format!("the stand-in does not know the filter {filter}")),
    }
}
