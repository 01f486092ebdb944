//! Metrics of alarms that AWS does not publish.

use picket_alarms::{Definition, findings::Finding};
use picket_catalogue::{Catalogue, NotFound};

/// The metrics that their AWS namespaces do not have with these dimensions, as far as the catalogue goes. Nothing is known
/// of a namespace that is not in it.
pub(crate) fn unknown_metrics(definition: &Definition) -> Vec<Finding> {
    let inputs = definition.inputs().iter();
    let found = inputs.filter_map(|input| {
        let names = input.dimensions.iter().map(|(name, _)| name.as_str());
        let dimensions: Vec<&str> = names.collect();
        match Catalogue::aws().find(&input.namespace, &input.metric_name, &dimensions) {
            Ok(_) | Err(NotFound::Namespace { .. }) => None,
            Err(error) => Some(Finding::UnknownMetric {
                reason: error.to_string(),
            }),
        }
    });
    found.collect()
}
