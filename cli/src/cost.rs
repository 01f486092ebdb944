//! What a stack costs a month at a given traffic: AWS's list prices, without free tiers, in decimals. Pure.
//!
//! `docs/cost.md` has the formulas, and its table is computed here.

mod items;
mod prices;
mod traffic;
mod workloads;

pub use items::{Item, items};
pub use traffic::Traffic;
pub use workloads::{Own, Series, WORKLOADS, Workload};

use picket_rules::metrics::{self, MetricRules};
use rust_decimal::Decimal;

/// The series that CloudWatch would bill if every metric had as many as its `MaximumSeries` allows, of all rules that
/// are compiled in: what `make build` prints.
pub fn series_at_the_limits() -> u64 {
    let ceilings = metrics::built_in().iter().flat_map(MetricRules::ceilings);
    ceilings.map(|ceiling| ceiling.series).sum()
}

/// The sum of items.
pub fn sum(items: &[Item]) -> Decimal {
    items.iter().map(|item| item.dollars).sum()
}
