//! Which alarms are tested.

use std::collections::BTreeMap;

use super::{Subject, Suite};

/// The alarms of a template by what their cases show, each list in the order of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Alarms with a case that fires and one that does not.
    pub tested: Vec<String>,
    /// The same, where the cases supply what only AWS can compute, such as an anomaly band: they test the alarm and not
    /// AWS's model.
    pub supplied: Vec<String>,
    /// Alarms without a case.
    pub untested: Vec<String>,
    /// Alarms that fire in no case.
    pub never_fires: Vec<String>,
    /// Alarms that fire in every case.
    pub never_silent: Vec<String>,
    /// Suites of alarms that do not exist.
    pub unknown: Vec<String>,
}

impl Coverage {
    /// Counts the alarms, by logical id. Cases need not hold to be counted.
    pub fn of(alarms: &BTreeMap<String, &Subject>, suites: &[Suite]) -> Self {
        let mut coverage = Self::default();
        for (id, subject) in alarms {
            let cases: Vec<bool> = suites
                .iter()
                .filter(|suite| suite.alarm == *id)
                .flat_map(|suite| suite.cases.iter().map(super::Case::fires))
                .collect();
            let list = match (cases.contains(&true), cases.contains(&false)) {
                (false, false) => &mut coverage.untested,
                (false, true) => &mut coverage.never_fires,
                (true, false) => &mut coverage.never_silent,
                (true, true) if subject.is_supplied() => &mut coverage.supplied,
                (true, true) => &mut coverage.tested,
            };
            list.push(id.clone());
        }
        let unknown = suites
            .iter()
            .map(|suite| &suite.alarm)
            .filter(|id| !alarms.contains_key(*id));
        coverage.unknown = unknown.cloned().collect();
        coverage
    }
}
