//! `picket cost`.

use std::num::NonZeroU32;

use clap::{Args, builder::PossibleValuesParser};
use rust_decimal::Decimal;

use crate::cost::{Traffic, WORKLOADS, Workload};

/// The arguments of `picket cost`.
#[derive(Debug, Args)]
pub(crate) struct CostArguments {
    /// Records that producers and log subscriptions put on the stream, on the average of a month.
    #[arg(long, value_name = "N", default_value = "0", value_parser = amount)]
    pub(crate) events_per_second: Decimal,
    /// Kilobytes of a record.
    #[arg(long, value_name = "N", default_value = "1", value_parser = amount)]
    pub(crate) event_kb: Decimal,
    /// The stack parameter `StreamShards`. Without, as many as the average fills; a peak needs more.
    #[arg(long, value_name = "N")]
    pub(crate) shards: Option<NonZeroU32>,
    /// A workload whose events arrive, with all its alarms and dashboards; several times. Without, none, as the stack is
    /// by default.
    #[arg(long = "workload", value_name = "NAME", value_parser = names())]
    pub(crate) workloads: Vec<String>,
    /// `bedrock-usage`: agents.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) agents: u32,
    /// `bedrock-usage`: models of each agent.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) models: u32,
    /// `bedrock-usage`: kinds of errors that models return.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) error_codes: u32,
    /// Series of your own rules.
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) series: u32,
    /// Alarms of your own, on a metric each.
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) alarms: u32,
    /// Dashboards that the account has beside the stack's: three of an account are free.
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) dashboards: u32,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(WORKLOADS.map(|workload| workload.name))
}

/// The most events a second, and kilobytes of a record: more than all of AWS's quotas allow, and far from what the
/// digits of a decimal hold.
const LARGEST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

fn amount(text: &str) -> Result<Decimal, String> {
    match text.parse::<Decimal>() {
        Ok(amount) if !amount.is_sign_negative() && amount <= LARGEST => Ok(amount),
        _ => Err(format!("a number from 0 to {LARGEST}")),
    }
}

impl CostArguments {
    /// The traffic that they describe. A workload that is named twice is one.
    pub(crate) fn traffic(&self) -> Traffic {
        let needed = Traffic::shards_for(self.events_per_second, self.event_kb);
        let mut names = self.workloads.clone();
        names.sort();
        names.dedup();
        let workloads = names.iter().filter_map(|name| Workload::named(name));
        Traffic {
            events_per_second: self.events_per_second,
            event_kb: self.event_kb,
            shards: self.shards.map_or(needed, NonZeroU32::get),
            agents: self.agents,
            models: self.models,
            error_codes: self.error_codes,
            series: self.series,
            alarms: self.alarms,
            dashboards: self.dashboards,
            workloads: workloads.collect(),
        }
    }
}
