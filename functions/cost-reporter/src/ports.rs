//! The ports, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::civil::Date;
use picket_aws::{Fault, ledger::LedgerRows};
use picket_shared::fleet::FleetMessage;

pub use picket_aws::overrides::ReadOverrides;

use crate::answer::Answer;

/// Reads costs (`ce:GetCostAndUsage`).
pub trait ReadCosts: Send + Sync {
    /// One page of the daily costs by service, from `start` up to and without `end`. `page` is the token that the page
    /// before named.
    fn costs(
        &self,
        start: Date,
        end: Date,
        page: Option<&str>,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;
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

/// All ports.
pub trait Ports: ReadCosts + ReadLedger + ReadOverrides + Publish {}

impl<T: ReadCosts + ReadLedger + ReadOverrides + Publish> Ports for T {}
