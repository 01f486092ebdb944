//! The ports, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::civil::Date;
use picket_aws::{Fault, ledger::LedgerRows};
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

use crate::{
    answer::{AnomalyPage, Answer, ForecastAnswer},
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

/// Reads the usage ledger (`dynamodb:Query` on the ledger table).
pub trait ReadLedger: Send + Sync {
    /// The ledger's rows of a day.
    fn rows(&self, date: Date) -> impl Future<Output = Result<LedgerRows, Fault>> + Send;
}

/// Publishes messages (`sns:Publish` on the info topic).
pub trait Publish: Send + Sync {
    /// Publishes a message under a subject.
    fn publish(
        &self,
        message: &FleetMessage,
        subject: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// The ports of Cost Explorer.
pub trait Explorer: ReadCosts + ReadForecast + ReadAnomalies {}

impl<T: ReadCosts + ReadForecast + ReadAnomalies> Explorer for T {}

/// All ports.
pub trait Ports: Explorer + ReadLedger + ReadOverrides + Publish {}

impl<T: Explorer + ReadLedger + ReadOverrides + Publish> Ports for T {}
