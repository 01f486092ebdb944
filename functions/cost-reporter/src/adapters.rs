//! The adapters of the ports to AWS. Nothing else in this function imports an SDK.

mod budgets;
mod convert;
mod explorer;
mod reported;

use aws_config::SdkConfig;
use aws_sdk_s3::primitives::ByteStream;
use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    fault::Resource,
    fleet::Topic,
    ledger::{DayRows, LedgerTable},
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
};
use picket_cloudwatch::{
    client::MetricsClient,
    pack::Request,
    ports::{PutError, PutMetrics},
};
use picket_shared::{Severity, fleet::FleetMessage};
use rust_decimal::Decimal;

use crate::{
    analysis::Reported,
    answer::{AnomalyPage, Answer, BudgetPage, ForecastAnswer},
    config::Config,
    ports::{
        Claim, ClaimReport, Publish, ReadAnomalies, ReadBudgets, ReadCosts, ReadForecast,
        ReadLedger, ReadOverrides, ReadReported, ReleaseReport, WriteFile, WriteReported,
    },
    reads::{query::CostQuery, unread::Unread},
};

use budgets::Budgets;
use explorer::CostExplorer;
use reported::ReportedDays;

/// The ports on AWS.
#[derive(Debug, Clone)]
pub struct Adapters {
    explorer: CostExplorer,
    budgets: Budgets,
    ledger: LedgerTable,
    reported: ReportedDays,
    info: Topic,
    warning: Topic,
    metrics: MetricsClient,
    files: Option<Files>,
    overrides: OverrideBucket,
}

/// The bucket of the CSV files.
#[derive(Debug, Clone)]
struct Files {
    client: aws_sdk_s3::Client,
    bucket: Resource,
    stack: String,
}

impl Adapters {
    /// Creates clients of the resources that the configuration names.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let topic = |arn: &str| Topic::new(aws_sdk_sns::Client::new(sdk), arn);
        Self {
            explorer: CostExplorer::new(sdk),
            budgets: Budgets::new(sdk),
            ledger: LedgerTable::new(
                aws_sdk_dynamodb::Client::new(sdk),
                config.ledger_table.as_str(),
            ),
            reported: ReportedDays::new(aws_sdk_dynamodb::Client::new(sdk), &config.ledger_table),
            info: topic(&config.info_topic_arn),
            warning: topic(&config.warning_topic_arn),
            metrics: MetricsClient::new(sdk),
            files: config.report_bucket.as_deref().map(|bucket| Files {
                client: aws_sdk_s3::Client::new(sdk),
                bucket: Resource::new(
                    "report bucket",
                    bucket,
                    "create it or correct the parameter ReportBucket",
                ),
                stack: config.stack.clone(),
            }),
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

impl ReadBudgets for Adapters {
    async fn budgets(&self, account: &str, page: Option<&str>) -> Result<BudgetPage, Unread> {
        self.budgets.page(account, page).await
    }
}

impl ReadLedger for Adapters {
    async fn rows(&self, date: Date, most: usize) -> Result<DayRows, Fault> {
        self.ledger.day(date, most).await
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl ReadReported for Adapters {
    async fn reported(&self, from: Date, to: Date) -> Result<Vec<Reported>, Fault> {
        self.reported.posted(from, to).await
    }
}

impl ClaimReport for Adapters {
    async fn claim(&self, claim: &Claim) -> Result<bool, Fault> {
        self.reported.claim(claim).await
    }
}

impl ReleaseReport for Adapters {
    async fn release(&self, date: Date, at: Timestamp) -> Result<(), Fault> {
        self.reported.release(date, at).await
    }
}

impl WriteReported for Adapters {
    async fn write_reported(
        &self,
        reported: &Reported,
        instead_of: Option<Decimal>,
        at: Timestamp,
    ) -> Result<(), Fault> {
        self.reported.write(reported, instead_of, at).await
    }
}

impl PutMetrics for Adapters {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        self.metrics.put(request).await
    }
}

impl WriteFile for Adapters {
    async fn write_file(&self, name: &str, text: String) -> Result<(), Fault> {
        let Some(files) = &self.files else {
            return Ok(());
        };
        files
            .client
            .put_object()
            .bucket(files.bucket.name())
            .key(format!("{}/{name}", files.stack))
            .content_type("text/csv; charset=utf-8")
            .body(ByteStream::from(text.into_bytes()))
            .send()
            .await
            .map_err(|error| Fault::of(&files.bucket, "write to", error))?;
        Ok(())
    }
}

impl Publish for Adapters {
    async fn publish(
        &self,
        severity: Severity,
        message: &FleetMessage,
        subject: &str,
    ) -> Result<(), Fault> {
        let topic = match severity {
            Severity::Info => &self.info,
            Severity::Warning | Severity::Critical => &self.warning,
        };
        topic.publish(message, subject).await
    }
}

#[cfg(test)]
mod tests;
