//! `picket cost` counts the alarms and dashboards that the templates have.

use picket_alarms::price::Price;
use picket_cli::cost::{Own, WORKLOADS, Workload};
use rust_decimal::Decimal;

use crate::{
    alarms::deployed,
    load::{resources, templates},
};

/// Alarms cost by the metrics that they watch; with every parameter set.
#[test]
fn the_calculator_has_the_alarms_of_every_workload() {
    for one in deployed().iter().filter(|one| one.is_nested()) {
        let name = one.workload();
        let dollars: Decimal = one
            .alarms()
            .map(|alarm| Price::of(&alarm.subject))
            .map(|price| price.monthly().expect("a price that is known"))
            .sum();
        let counted = WORKLOADS.iter().find(|workload| workload.name == name);
        let counted = counted.map_or_else(Own::alarms, Workload::alarms);
        assert_eq!(
            counted, dollars,
            "{name}: correct cli/src/cost/workloads.rs"
        );
    }
}

#[test]
fn the_calculator_has_the_dashboards_and_composites_of_every_workload() {
    for (name, template) in templates().workloads() {
        let count = |kind| resources(template, kind).len();
        let (composites, dashboards) = WORKLOADS
            .iter()
            .find(|workload| workload.name == name)
            .map_or((Own::COMPOSITES, Own::DASHBOARDS), |workload| {
                (workload.composites, workload.dashboards)
            });
        let found = [composites, dashboards].map(|number| number as usize);
        assert_eq!(
            found,
            [
                count("AWS::CloudWatch::CompositeAlarm"),
                count("AWS::CloudWatch::Dashboard")
            ],
            "{name}: correct cli/src/cost/workloads.rs"
        );
    }
}
