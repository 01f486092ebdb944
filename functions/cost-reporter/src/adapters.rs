//! The adapters of the ports to AWS. Nothing else in this function imports an SDK.

mod convert;
mod explorer;

use aws_config::SdkConfig;
use jiff::civil::Date;
use picket_aws::{
    Fault,
    fleet::Topic,
    ledger::{LedgerRows, LedgerTable},
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
};
use picket_shared::fleet::FleetMessage;

use crate::{
    answer::{AnomalyPage, Answer, ForecastAnswer},
    config::Config,
    ports::{Publish, ReadAnomalies, ReadCosts, ReadForecast, ReadLedger, ReadOverrides},
    reads::{query::CostQuery, unread::Unread},
};

use explorer::CostExplorer;

/// The ports on AWS.
#[derive(Debug, Clone)]
pub struct Adapters {
    explorer: CostExplorer,
    ledger: LedgerTable,
    topic: Topic,
    overrides: OverrideBucket,
}

impl Adapters {
    /// Creates clients of the resources that the configuration names.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            explorer: CostExplorer::new(sdk),
            ledger: LedgerTable::new(
                aws_sdk_dynamodb::Client::new(sdk),
                config.ledger_table.as_str(),
            ),
            topic: Topic::new(
                aws_sdk_sns::Client::new(sdk),
                config.info_topic_arn.as_str(),
            ),
            overrides: OverrideBucket::new(sdk, config.override_bucket.as_deref(), &config.stack),
        }
    }
}

impl ReadCosts for Adapters {
    async fn costs(&self, query: &CostQuery, page: Option<&str>) -> Result<Answer, Unread> {
        self.explorer.costs(query, page).await
    }
}

impl ReadForecast for Adapters {
    async fn forecast(&self, start: Date, end: Date) -> Result<ForecastAnswer, Unread> {
        self.explorer.forecast(start, end).await
    }
}

impl ReadAnomalies for Adapters {
    async fn anomalies(
        &self,
        start: Date,
        end: Date,
        page: Option<&str>,
    ) -> Result<AnomalyPage, Unread> {
        self.explorer.anomalies(start, end, page).await
    }
}

impl ReadLedger for Adapters {
    async fn rows(&self, date: Date) -> Result<LedgerRows, Fault> {
        self.ledger.rows(date, date).await
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl Publish for Adapters {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.topic.publish(message, subject).await
    }
}

#[cfg(test)]
mod tests;
