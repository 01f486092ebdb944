//! Which format a file is in, and everything that is wrong with it.

use crate::{Problem, Problems, health, metrics, playbooks, prices, probes, routes};

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// [`metrics`].
    Metrics,
    /// [`probes`].
    Probes,
    /// [`health`].
    Health,
    /// [`prices`].
    Prices,
    /// [`prices::ImportedPrices`].
    ImportedPrices,
    /// [`routes`].
    Routes,
    /// [`playbooks`].
    Playbooks,
}

impl Format {
    const ALL: [Self; 7] = [
        Self::Probes,
        Self::Health,
        Self::Metrics,
        Self::Prices,
        Self::ImportedPrices,
        Self::Routes,
        Self::Playbooks,
    ];

    /// The file's name, and the field by which a file of another name is recognised.
    const fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Probes => ("probes", "Probes"),
            Self::Health => ("health", "Checks"),
            // After the others that have a workload too.
            Self::Metrics => ("metrics", "Workload"),
            Self::Prices => ("prices", "prices"),
            // It has no fields; the ending of its name decides.
            Self::ImportedPrices => ("imported prices", "#source,"),
            Self::Routes => ("routes", "routes"),
            Self::Playbooks => ("playbooks", "playbooks"),
        }
    }

    /// The format's name: that of its file.
    pub const fn as_str(self) -> &'static str {
        self.marks().0
    }

    /// Recognises a format by the file's name (`metrics.yaml`, `night.routes.yml`, …), or else by the first of its
    /// top-level fields that belongs to one.
    pub fn of(path: &str, text: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if name.rsplit('.').next() == Some("csv") {
            return Some(Self::ImportedPrices);
        }
        let stem = name
            .strip_suffix(".yaml")
            .or_else(|| name.strip_suffix(".yml"));
        let by_name = |format: &Self| {
            stem.is_some_and(|stem| stem.rsplit(['.', '-', '_']).next() == Some(format.marks().0))
        };
        let by_field = |format: &Self| {
            text.lines().any(|line| {
                line.strip_prefix(format.marks().1)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'))
            })
        };
        Self::ALL
            .into_iter()
            .find(by_name)
            .or_else(|| Self::ALL.into_iter().find(by_field))
    }
}

/// Everything that is wrong with a file, whichever of the formats it is in; nothing where it is valid.
pub fn check_file(path: &str, text: &str) -> Vec<Problem> {
    let checked = match Format::of(path, text) {
        Some(Format::Metrics) => metrics::parse(path, text).map(drop),
        Some(Format::Probes) => probes::parse(path, text).map(drop),
        Some(Format::Health) => health::parse(path, text).map(drop),
        Some(Format::Prices) => prices::parse(path, text).map(drop),
        Some(Format::ImportedPrices) => prices::ImportedPrices::parse(path, text).map(drop),
        Some(Format::Routes) => routes::parse(path, text).map(drop),
        Some(Format::Playbooks) => playbooks::parse(path, text).map(drop),
        None => Err(Problems(vec![Problem::of_file(
            path,
            "its format is not recognised: name it metrics.yaml, probes.yaml, health.yaml, prices.yaml, routes.yaml or playbooks.yaml",
        )])),
    };
    checked.err().map(|problems| problems.0).unwrap_or_default()
}

/// Returns the problems of valid files together: a metric has one source, whichever rule or probe it is.
pub fn across<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Vec<Problem> {
    let (mut rules, mut probe_files) = (Vec::new(), Vec::new());
    for (file, text) in files {
        match Format::of(file, text) {
            Some(Format::Metrics) => rules.extend(metrics::parse(file, text)),
            Some(Format::Probes) => probe_files.extend(probes::parse(file, text)),
            _ => {}
        }
    }
    let mut problems = metrics::one_source(&rules);
    problems.extend(probes::one_source(&rules, &probe_files));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_recognised_by_name_then_by_field() {
        for (path, text, expected) in [
            ("workloads/x/metrics.yaml", "", Some(Format::Metrics)),
            ("night-routes.yml", "playbooks: []", Some(Format::Routes)),
            ("a/prices.yaml", "", Some(Format::Prices)),
            ("x.yaml", "# c\nplaybooks:\n", Some(Format::Playbooks)),
            ("x.yaml", "Workload: x", Some(Format::Metrics)),
            ("x.yaml", "Workload: x\nProbes: []", Some(Format::Probes)),
            ("x.yaml", "Workload: x\nChecks: []", Some(Format::Health)),
            (
                "shared/rules/prices-imported.csv",
                "",
                Some(Format::ImportedPrices),
            ),
            ("x.yaml", "hello: world", None),
            ("routes.json", "", None),
        ] {
            assert_eq!(Format::of(path, text), expected, "{path} {text}");
        }
    }

    #[test]
    fn what_is_no_configuration_is_a_problem_not_a_success() {
        assert_eq!(
            check_file("x.txt", "hello")[0].to_string(),
            "x.txt:0:0: its format is not recognised: name it metrics.yaml, probes.yaml, health.yaml, prices.yaml, routes.yaml or playbooks.yaml"
        );
    }
}
