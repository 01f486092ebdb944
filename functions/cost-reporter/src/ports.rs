//! The ports, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::{Timestamp, civil::Date};
use picket_aws::{Fault, ledger::DayRows};
use picket_shared::{Severity, fleet::FleetMessage};
use rust_decimal::Decimal;

pub use picket_aws::overrides::ReadOverrides;
pub use picket_cloudwatch::ports::PutMetrics;

use crate::{
    analysis::Reported,
    answer::{AnomalyPage, Answer, BudgetPage, ForecastAnswer},
    reads::{query::CostQuery, unread::Unread},
};

/// Reads costs (`ce:GetCostAndUsage`).
pub trait ReadCosts: Send + Sync {
    /// One page of the answer to a query. `page` is the token that the page before named.
    fn costs(
        &self,
        query: &CostQuery,
        page: Option<&str>,
    ) -> impl Future<Output = Result<Answer, Unread>> + Send;
}

/// Reads the forecast (`ce:GetCostForecast`).
pub trait ReadForecast: Send + Sync {
    /// The forecast of `start` up to and without `end`, without credits and refunds.
    fn forecast(
        &self,
        start: Date,
        end: Date,
    ) -> impl Future<Output = Result<ForecastAnswer, Unread>> + Send;
}

/// Reads the anomalies that AWS found (`ce:GetAnomalies`).
pub trait ReadAnomalies: Send + Sync {
    /// One page of the anomalies whose last day so far is between `start` and `end`.
    fn anomalies(
        &self,
        start: Date,
        end: Date,
        page: Option<&str>,
    ) -> impl Future<Output = Result<AnomalyPage, Unread>> + Send;
}

/// Reads the budgets of an account (`budgets:ViewBudget`).
pub trait ReadBudgets: Send + Sync {
    /// One page of the account's budgets, with their filters.
    fn budgets(
        &self,
        account: &str,
        page: Option<&str>,
    ) -> impl Future<Output = Result<BudgetPage, Unread>> + Send;
}

/// Reads the usage ledger (`dynamodb:Query` on the ledger table).
pub trait ReadLedger: Send + Sync {
    /// The ledger's rows of a day, `most` of them at most.
    fn rows(&self, date: Date, most: usize) -> impl Future<Output = Result<DayRows, Fault>> + Send;
}

/// Reads the days that were reported (`dynamodb:Query` on the ledger table).
pub trait ReadReported: Send + Sync {
    /// The days from `from` to `to` that were posted.
    fn reported(
        &self,
        from: Date,
        to: Date,
    ) -> impl Future<Output = Result<Vec<Reported>, Fault>> + Send;
}

/// A claim of a day: of two invocations, one posts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The day.
    pub date: Date,
    /// The present.
    pub at: Timestamp,
    /// Whether a day that was posted is posted again.
    pub again: bool,
}

/// Claims days (`dynamodb:PutItem` on the ledger table, in the partition of the reported days).
pub trait ClaimReport: Send + Sync {
    /// Claims a day; `false` where another invocation holds it, or has posted it meanwhile.
    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<bool, Fault>> + Send;
}

/// Ends claims without a report (`dynamodb:PutItem`, as for a claim).
pub trait ReleaseReport: Send + Sync {
    /// Ends the claim of a day that was not posted.
    fn release(&self, date: Date, at: Timestamp) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Writes what was reported (`dynamodb:PutItem`, as for a claim).
pub trait WriteReported: Send + Sync {
    /// Writes the total that was posted of a day, where `instead_of` is the one that is written, if that is stated.
    fn write_reported(
        &self,
        reported: &Reported,
        instead_of: Option<Decimal>,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Writes files (`s3:PutObject` on the report bucket, below the stack's name).
pub trait WriteFile: Send + Sync {
    /// Writes a CSV file; the same again overwrites it. Without a bucket, nothing is written.
    fn write_file(
        &self,
        name: &str,
        text: String,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Publishes messages (`sns:Publish` on the info and the warning topic).
pub trait Publish: Send + Sync {
    /// Publishes a message under a subject. A message of severity info goes to the info topic, any other to the warning
    /// topic.
    fn publish(
        &self,
        severity: Severity,
        message: &FleetMessage,
        subject: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// The ports of Cost Explorer and AWS Budgets.
pub trait Explorer: ReadCosts + ReadForecast + ReadAnomalies + ReadBudgets {}

impl<T: ReadCosts + ReadForecast + ReadAnomalies + ReadBudgets> Explorer for T {}

/// All ports.
pub trait Ports:
    Explorer + ReadLedger + ReadOverrides + KeepReported + PutMetrics + WriteFile + Publish
{
}

impl<T> Ports for T where
    T: Explorer + ReadLedger + ReadOverrides + KeepReported + PutMetrics + WriteFile + Publish
{
}

/// The ports of the reported days.
pub trait KeepReported: ReadReported + ClaimReport + ReleaseReport + WriteReported {}

impl<T: ReadReported + ClaimReport + ReleaseReport + WriteReported> KeepReported for T {}
