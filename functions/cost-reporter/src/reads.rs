//! What is read from Cost Explorer and AWS Budgets for a report, part by part. A part that could not be read is left out, with a reason.

pub mod plan;
pub mod query;
pub(crate) mod table;
pub mod unread;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::answer::{AnomalyPage, Answer, BudgetPage, ForecastAnswer, Recording};

pub use query::Part;
use table::Table;

/// The answers, by part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Pages of `GetCostAndUsage`, shared with the cache of answers.
    pub costs: BTreeMap<Part, Arc<Vec<Answer>>>,
    /// The forecast of the rest of the month.
    pub forecast: Option<ForecastAnswer>,
    /// Pages of AWS's anomalies.
    pub anomalies: Vec<AnomalyPage>,
    /// Pages of the budgets of AWS Budgets.
    pub budgets: Vec<BudgetPage>,
    /// Why a part is missing or incomplete.
    pub left_out: BTreeMap<Part, String>,
    /// The requests to Cost Explorer that were sent, at $0.01 each. Those to AWS Budgets cost nothing.
    pub requests: u32,
}

impl Reads {
    /// Sorts recorded answers by part: the groupings distinguish them.
    pub fn from_recording(recording: Recording) -> Self {
        let mut reads = Self {
            forecast: recording.forecasts.into_iter().next(),
            anomalies: recording.anomalies,
            budgets: recording.budgets,
            ..Self::default()
        };
        for page in recording.costs {
            reads.add(part_of(&page), page);
        }
        reads
    }

    /// Adds a page of `GetCostAndUsage`.
    pub(crate) fn add(&mut self, part: Part, page: Answer) {
        Arc::make_mut(self.costs.entry(part).or_default()).push(page);
    }

    /// Copies the answer of a part, without its requests. Pages of costs are shared.
    pub(crate) fn copy(&mut self, part: Part, from: &Self) {
        match part {
            Part::Forecast => self.forecast.clone_from(&from.forecast),
            Part::Anomalies => self.anomalies.clone_from(&from.anomalies),
            Part::Budgets => self.budgets.clone_from(&from.budgets),
            part => {
                let pages = from.costs.get(&part).cloned();
                self.costs.extend(pages.map(|pages| (part, pages)));
            }
        }
    }

    /// The pages by service.
    pub(crate) fn services(&self) -> &[Answer] {
        self.costs
            .get(&Part::Services)
            .map_or(&[], |pages| pages.as_slice())
    }

    /// A part as a table; `None` where it was not read, or is not complete.
    pub(crate) fn table(&self, part: Part, currency: &str) -> Option<Table> {
        self.any_table(part, currency)
            .filter(|table| table.problem().is_none() && !self.left_out.contains_key(&part))
    }

    /// A sentence for the parts that are left out or cannot be used for the same reason. The services are not among
    /// them: the report is about these.
    pub(crate) fn caveats(&self, currency: &str) -> Vec<String> {
        let left_out = |part: &Part| self.left_out.get(part).cloned();
        let broken = |part: &Part| {
            self.any_table(*part, currency)?
                .problem()
                .map(str::to_owned)
        };
        let read = self.left_out.keys().chain(self.costs.keys());
        let parts: BTreeSet<Part> = read
            .filter(|part| **part != Part::Services)
            .copied()
            .collect();
        let mut by_reason = Vec::<(String, Vec<&str>)>::new();
        for part in parts {
            let Some(reason) = left_out(&part).or_else(|| broken(&part)) else {
                continue;
            };
            let name = match part {
                Part::Budgets if !self.budgets.is_empty() => "some budgets of AWS Budgets",
                part => part.name(),
            };
            match by_reason.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, names)) => names.push(name),
                None => by_reason.push((reason, vec![name])),
            }
        }
        let sentence = |(reason, names): (String, Vec<&str>)| {
            format!("without {}: {reason}", names.join(", "))
        };
        by_reason.into_iter().map(sentence).collect()
    }

    fn any_table(&self, part: Part, currency: &str) -> Option<Table> {
        let pages: Vec<&Answer> = self.costs.get(&part)?.iter().collect();
        Some(Table::from_pages(&pages, currency))
    }
}

/// The part that a recorded page belongs to. What is grouped otherwise is taken for costs by service, and the report
/// says that it is not.
fn part_of(page: &Answer) -> Part {
    let definitions = &page.group_definitions;
    if definitions
        .iter()
        .any(|definition| definition.kind.as_deref() == Some("TAG"))
    {
        return Part::Tags;
    }
    let mut keys: Vec<&str> = definitions
        .iter()
        .map(|definition| definition.key.as_str())
        .collect();
    keys.sort_unstable();
    match keys.as_slice() {
        ["RECORD_TYPE"] => Part::Month,
        ["LINKED_ACCOUNT"] => Part::Accounts,
        ["REGION"] => Part::Regions,
        ["SERVICE", "USAGE_TYPE"] => Part::UsageTypes,
        ["LINKED_ACCOUNT", "SERVICE"] => Part::MoverAccounts,
        ["REGION", "SERVICE"] => Part::MoverRegions,
        _ => Part::Services,
    }
}
