//! What is on in a stack, and the names of its resources, as the stack's parameters define them.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use picket_rules::{
    health::{Check, Health},
    probes::Name,
};

/// The targets by workload, from `HEALTH_TARGETS`: `workload/target=value`, separated by white space. A workload that is
/// not named is off; a target without a value has no checks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets(BTreeMap<Name, BTreeMap<Name, String>>);

impl Targets {
    /// The value of a workload's target; `None` where it has none.
    pub(super) fn value(&self, workload: &Name, target: &Name) -> Option<&str> {
        let value = self.0.get(workload)?.get(target)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    /// Whether a workload is on.
    pub(super) fn has(&self, workload: &Name) -> bool {
        self.0.contains_key(workload)
    }

    /// Whether a check has all its targets.
    pub(super) fn has_all(&self, workload: &Name, check: &Check) -> bool {
        let mut targets = check.targets();
        targets.all(|target| self.value(workload, target).is_some())
    }

    /// What is named and used by no check, or used by a check of a workload that is on and not named.
    pub fn problems(&self, workloads: &[Health]) -> Vec<String> {
        let mut problems = Vec::new();
        for (workload, targets) in &self.0 {
            let Some(health) = workloads.iter().find(|health| health.workload == *workload) else {
                problems.push(format!("there is no workloads/{workload}/health.yaml"));
                continue;
            };
            let used: BTreeSet<&Name> = health.checks.iter().flat_map(Check::targets).collect();
            for name in targets.keys().filter(|name| !used.contains(name)) {
                problems.push(format!("no check of {workload} uses {name}"));
            }
            for name in used.into_iter().filter(|name| !targets.contains_key(name)) {
                problems.push(format!("there is no target {workload}/{name}"));
            }
        }
        problems
    }
}

impl FromStr for Targets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut targets: BTreeMap<Name, BTreeMap<Name, String>> = BTreeMap::new();
        for word in text.split_whitespace() {
            let (place, value) = word
                .split_once('=')
                .ok_or_else(|| format!("{word:?} is not workload/target=value"))?;
            let (workload, target) = place
                .split_once('/')
                .ok_or_else(|| format!("{word:?} is not workload/target=value"))?;
            let name = |text: &str| {
                text.parse::<Name>()
                    .map_err(|error| format!("{place:?}: {error}"))
            };
            let own = targets.entry(name(workload)?).or_default();
            if own.insert(name(target)?, value.to_owned()).is_some() {
                return Err(format!("the target {place} appears twice"));
            }
        }
        Ok(Self(targets))
    }
}
