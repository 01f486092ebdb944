//! Overrides: the files that an operator may put in place of compiled-in ones, and the checks beyond their format.
//!
//! | object | in place of |
//! |---|---|
//! | `workloads/<name>/metrics.yaml` | that workload's rules; the name must be a built-in workload's |
//! | `prices.yaml` | the rows of `prices.yaml`; every built-in one must be in it as it is. Imported rows stay |
//! | `routes.yaml` | all routes |
//! | `playbooks.yaml` | all playbooks |

use std::collections::BTreeSet;

use crate::{
    Problem, Problems,
    check::{Format, check_file},
    metrics::{self, MetricRules},
    prices::{self, PriceBook},
};

/// The prices' object.
pub const PRICES: &str = "prices.yaml";
/// The routes' object.
pub const ROUTES: &str = "routes.yaml";
/// The playbooks' object.
pub const PLAYBOOKS: &str = "playbooks.yaml";

/// The object of a workload's rules.
pub fn of_workload(workload: &str) -> String {
    format!("workloads/{workload}/metrics.yaml")
}

/// Reads the rules that are to replace a workload's: they must name that workload, and namespaces that the publisher's
/// role may write. A refused one would hold up every other metric.
pub fn workload(built_in: &MetricRules, file: &str, text: &str) -> Result<MetricRules, Problems> {
    let rules = metrics::parse(file, text)?;
    let mut problems = Vec::new();
    if rules.workload != built_in.workload {
        let message = format!(
            "these are the rules of {:?}, and here only those of {:?} can be replaced",
            rules.workload, built_in.workload
        );
        problems.push(at_field(file, text, "Workload", message));
    }
    let known = namespaces();
    for (namespace, (line, column)) in rules.namespaces() {
        if !known.contains(&namespace) {
            problems.push(Problem {
                file: file.to_owned(),
                line,
                column,
                message: format!(
                    "no built-in rule has the namespace {namespace:?}, so that the metrics publisher may not publish to it: use \
                     one that has rules, or add it to MetricsPublisherRole and deploy"
                ),
            });
        }
    }
    refuse_any(problems).map(|()| rules)
}

/// The namespaces of all built-in rules, to which the publisher may publish.
fn namespaces() -> BTreeSet<&'static str> {
    let built_in = metrics::built_in().iter();
    built_in
        .flat_map(MetricRules::namespaces)
        .map(|(namespace, _)| namespace)
        .collect()
}

/// Reads the prices that are to replace the built-in ones. The ledger's rows name rows of prices, so that a row which
/// is gone, or another by the same id, would change what was spent.
pub fn prices(file: &str, text: &str) -> Result<PriceBook, Problems> {
    let book = prices::parse(file, text)?;
    let mut problems = Vec::new();
    for row in prices::built_in().rows() {
        let id = row.id.as_str();
        match book.by_id(id) {
            Some(same) if same == row => {}
            Some(_) => {
                let message = format!(
                    "the row {id:?} is not the built-in one: rows are superseded under a new id, never edited"
                );
                problems.push(at_field(file, text, &format!("- id: {id}"), message));
            }
            None => problems.push(Problem::of_file(file, format!(
                    "the built-in row {id:?} is missing: start from the prices.yaml of the deployed version"
                ))),
        }
    }
    let imported = prices::built_in_imported();
    for row in imported.rows() {
        let id = row.id.as_str();
        if book.by_id(id).is_some() {
            let message = format!("the id {id:?} is taken by an imported row");
            problems.push(at_field(file, text, &format!("- id: {id}"), message));
        }
    }
    refuse_any(problems).map(|()| book.with_imported(imported))
}

/// Everything for which the functions would refuse a file as an override; nothing where they would take it.
pub fn check(file: &str, text: &str) -> Vec<Problem> {
    let problems = check_file(file, text);
    if !problems.is_empty() {
        return problems;
    }
    match Format::of(file, text) {
        Some(Format::Metrics) => metrics::parse(file, text)
            .and_then(|rules| in_place(&rules, file, text))
            .err()
            .map_or_else(Vec::new, |problems| problems.0),
        Some(Format::Prices) => prices(file, text)
            .err()
            .map_or_else(Vec::new, |problems| problems.0),
        Some(Format::Probes) => vec![Problem::of_file(
            file,
            "probes have no override: deploy with them",
        )],
        Some(Format::Health) => vec![Problem::of_file(
            file,
            "expected values have no override: deploy with them",
        )],
        Some(Format::ImportedPrices) => vec![Problem::of_file(
            file,
            "imported prices have no override: deploy with them, or write rows in prices.yaml",
        )],
        Some(Format::Routes | Format::Playbooks) | None => Vec::new(),
    }
}

/// Rules in place of the built-in ones of their workload, beside the others'.
fn in_place(rules: &MetricRules, file: &str, text: &str) -> Result<(), Problems> {
    let name = rules.workload.as_str();
    let mut all = metrics::built_in().to_vec();
    let Some(own) = all.iter_mut().find(|rules| rules.workload == name) else {
        let names: Vec<_> = all.iter().map(|rules| rules.workload.as_str()).collect();
        let message = format!(
            "no workload {name:?} is built in: an override replaces the rules of {}",
            names.join(" or ")
        );
        return Err(Problems(vec![at_field(file, text, "Workload", message)]));
    };
    *own = workload(own, file, text)?;
    refuse_any(metrics::one_source(&all))
}

fn refuse_any(problems: Vec<Problem>) -> Result<(), Problems> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems))
    }
}

/// A problem at the first line that starts with these words.
fn at_field(file: &str, text: &str, words: &str, message: String) -> Problem {
    let starts = |line: &str| line.trim_start().starts_with(words);
    let line = text.lines().position(starts);
    let line = line.map_or(0, |index| u64::try_from(index + 1).unwrap_or(0));
    Problem {
        file: file.to_owned(),
        line,
        column: line.min(1),
        message,
    }
}

#[cfg(test)]
mod tests;
