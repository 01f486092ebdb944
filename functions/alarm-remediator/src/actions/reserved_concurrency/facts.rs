//! The facts about a function and its account, and the reads that collect them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;

use super::ports::{AccountLimits, ReadAccount};
use crate::{
    actions::function::window_start,
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::{Setting, Value},
};

/// Metrics of a window; `None` where CloudWatch has no data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// The most concurrent executions of the function.
    pub function_peak: Option<u32>,
    /// The most concurrent executions in the account.
    pub account_peak: Option<u32>,
    /// Throttled invocations of the function.
    pub throttles: Option<u32>,
}

/// A function and the account around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its reserved concurrency, where it has a reservation.
    pub reserved: Option<u32>,
    /// The account's limits.
    pub account: AccountLimits,
    /// The metrics of the last [`WINDOW_MINUTES`](crate::actions::function::WINDOW_MINUTES).
    pub measured: Measured,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the function does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &(impl ReadSetting + ReadTags + ReadMetrics + ReadAccount + ReadAudit),
    now: Timestamp,
) -> Result<Option<FunctionFacts>, Fault> {
    let function = &candidate.target;
    let setting = Setting::ReservedConcurrency {
        function: function.clone(),
    };
    let Some(reading) = ports.setting(&setting).await? else {
        return Ok(None);
    };
    let arn = home.function_arn(function);
    let queries = queries(function);
    let (tags, account, values, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.account(),
        ports.metrics(&queries, window_start(now), now),
        last_changed(candidate, ports, now),
    )?;
    Ok(Some(FunctionFacts {
        tags,
        reserved: reserved(&reading.value),
        account,
        measured: measured(&values),
        last_changed,
    }))
}

/// A reservation; one beyond what Lambda can reserve counts as the greatest number.
fn reserved(value: &Value) -> Option<u32> {
    value
        .number()
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// The queries of [`Measured`], in the order of its fields.
fn queries(function: &str) -> [MetricQuery; 3] {
    let query = |name, statistic, dimensions| MetricQuery {
        namespace: "AWS/Lambda",
        name,
        dimensions,
        statistic,
    };
    let of_function = || vec![("FunctionName", function.to_owned())];
    [
        query("ConcurrentExecutions", "Maximum", of_function()),
        query("ConcurrentExecutions", "Maximum", Vec::new()),
        query("Throttles", "Sum", of_function()),
    ]
}

fn measured(values: &[Vec<f64>]) -> Measured {
    let of = |index: usize| values.get(index).into_iter().flatten().copied().map(whole);
    Measured {
        function_peak: of(0).max(),
        account_peak: of(1).max(),
        throttles: of(2).reduce(u32::saturating_add),
    }
}

/// The count nearest to a value of CloudWatch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and takes what is not a number for 0"
)]
fn whole(value: f64) -> u32 {
    value.round() as u32
}
