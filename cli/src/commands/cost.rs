//! `picket cost`: what a stack costs a month at a given traffic.

use std::{fmt, io};

use picket_rules::metrics;
use picket_shared::money;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    arguments::CostArguments,
    cost::{self, Item, Traffic, Workload},
    exit::Exit,
    output::Output,
    style::{BOLD, FAINT, RESET},
};

/// The default of the stack parameter `MaximumSeries`; a test holds it to the template.
const MAXIMUM_SERIES: u64 = 1_000;

/// A month's bill.
#[derive(Debug, Serialize)]
struct Bill {
    traffic: Traffic,
    items: Vec<Item>,
    /// Dollars a month.
    cost_usd: Decimal,
    limits: Limits,
}

/// What CloudWatch would bill if every metric had as many series as it may.
#[derive(Debug, Serialize)]
struct Limits {
    series: u64,
    /// Dollars a month.
    cost_usd: Decimal,
    /// The default of `MaximumSeries`, and what so many series cost.
    maximum_series: u64,
    maximum_cost_usd: Decimal,
}

/// Computes the bill and prints it. Exit status 2 where the shards do not take the events.
pub(crate) fn run(arguments: &CostArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let traffic = arguments.traffic();
    let needed = Traffic::shards_for(traffic.events_per_second, traffic.event_kb);
    if traffic.shards < needed {
        output.complain(format_args!(
            "{} events a second of {} KB need {needed} shards: a shard takes 1,000 records or 1 MiB a second",
            traffic.events_per_second, traffic.event_kb
        ))?;
        return Ok(Exit::Unreadable);
    }
    output.answer(&Bill::of(traffic))?;
    Ok(Exit::Done)
}

impl Bill {
    fn of(traffic: Traffic) -> Self {
        let items = cost::items(&traffic);
        let series = cost::series_at_the_limits();
        Self {
            cost_usd: cost::sum(&items),
            traffic,
            items,
            limits: Limits {
                series,
                cost_usd: metrics::cost(series),
                maximum_series: MAXIMUM_SERIES,
                maximum_cost_usd: metrics::cost(MAXIMUM_SERIES),
            },
        }
    }

    /// The parts in the order of their first items.
    fn parts(&self) -> Vec<&'static str> {
        let mut parts = Vec::new();
        for item in &self.items {
            if !parts.contains(&item.part) {
                parts.push(item.part);
            }
        }
        parts
    }
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = money::dollars(self.cost_usd);
        writeln!(
            f,
            "{BOLD}{total} a month{RESET} (us-east-1, list prices of 2026, without free tiers)"
        )?;
        writeln!(f, "{}", Described(&self.traffic))?;
        for part in self.parts() {
            let of_part = || self.items.iter().filter(|item| item.part == part);
            let sum: Decimal = of_part().map(|item| item.dollars).sum();
            writeln!(f, "{BOLD}{part:<40}{:>12}{RESET}", money::cents(sum))?;
            for item in of_part().filter(|item| item.name != part) {
                let dollars = money::cents(item.dollars);
                writeln!(f, "  {FAINT}{:<38}{dollars:>12}{RESET}", item.name)?;
            }
        }
        write!(f, "{}", self.limits)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grouped = |number: u64| money::grouped(&number.to_string());
        write!(
            f,
            "Series at the limits of all rules: {} series, {} a month. MaximumSeries caps them: {} by default, {}",
            grouped(self.series),
            money::dollars(self.cost_usd),
            grouped(self.maximum_series),
            money::dollars(self.maximum_cost_usd)
        )
    }
}

/// A traffic in a sentence.
struct Described<'t>(&'t Traffic);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Traffic {
            events_per_second,
            event_kb,
            shards,
            workloads,
            ..
        } = self.0;
        let s = if *shards == 1 { "" } else { "s" };
        write!(
            f,
            "{} events a second of {event_kb} KB on {shards} shard{s}; workloads: ",
            money::grouped(&events_per_second.to_string())
        )?;
        if workloads.is_empty() {
            return write!(f, "none");
        }
        let names: Vec<&str> = workloads.iter().map(|one: &&Workload| one.name).collect();
        write!(f, "{}", names.join(", "))
    }
}

#[cfg(test)]
mod tests;
