//! The adapters of the ports: AWS, HTTP and PostgreSQL.

mod bedrock;
mod certificate;
mod database;
mod page;
mod table;
#[cfg(test)]
mod tests;
mod token;

use aws_config::SdkConfig;
use picket_aws::{Fault, secret::Parameters, web};
use picket_cloudwatch::{
    client::MetricsClient,
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    quarantine::QuarantineBucket,
    rejected::QuarantinedDatum,
};
use reqwest::{Client, Url};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use crate::{
    config::{Authentication, Config, Secrets},
    failure::{Failure, Reason},
    ports::{
        DatabaseRequest, FetchPage, Page, QueryDatabase, QueryTable, Row, ScanTable, TablePage,
        TableRequest,
    },
};

/// The adapters of all ports.
#[derive(Debug)]
pub struct Adapters {
    metrics: MetricsClient,
    quarantine: QuarantineBucket,
    tables: aws_sdk_dynamodb::Client,
    parameters: Parameters,
    secrets: Secrets,
    signer: token::Signer,
    /// A service's address in place of AWS's own.
    endpoint: Option<String>,
    trust: OnceCell<Trust>,
}

/// The clients that depend on trusted root certificates, which are read once a process, when they are first needed.
#[derive(Debug)]
struct Trust {
    web: Client,
    tls: ClientConfig,
}

impl Adapters {
    /// Creates the clients of the configured resources.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            metrics: MetricsClient::new(sdk),
            quarantine: QuarantineBucket::new(sdk, &config.quarantine_bucket),
            tables: aws_sdk_dynamodb::Client::new(sdk),
            parameters: Parameters::new(aws_sdk_ssm::Client::new(sdk)),
            secrets: config.secrets.clone(),
            signer: token::Signer::new(sdk),
            endpoint: sdk.endpoint_url().map(str::to_owned),
            trust: OnceCell::new(),
        }
    }

    async fn trust(&self) -> Result<&Trust, Failure> {
        self.trust
            .get_or_try_init(|| async {
                let private = match &self.secrets.roots {
                    Some(name) => {
                        let read = self.parameters.get(name).await;
                        let read = read.map_err(|fault| {
                            Failure::of_setup("the private root certificates were not read", fault)
                        });
                        Some(read?)
                    }
                    None => None,
                };
                let private = private.as_ref().map(ExposeSecret::expose_secret);
                let tls = web::tls_with_roots(private).map_err(|why| {
                    let name = self.secrets.roots.as_deref().unwrap_or_default();
                    Failure::new(
                        Reason::Setup,
                        format!("the parameter {name} is no list of certificates in PEM: {why}"),
                    )
                })?;
                Ok(Trust {
                    web: web::observer(tls.clone()),
                    tls,
                })
            })
            .await
    }
}

impl FetchPage for Adapters {
    async fn fetch_page(&self, url: &Url) -> Result<Page, Failure> {
        page::fetch(&self.trust().await?.web, url).await
    }
}

impl QueryTable for Adapters {
    async fn query_table(&self, request: &TableRequest<'_>) -> Result<TablePage, Failure> {
        table::query(&self.tables, request).await
    }
}

impl ScanTable for Adapters {
    async fn scan_table(&self, request: &TableRequest<'_>) -> Result<TablePage, Failure> {
        table::scan(&self.tables, request).await
    }
}

impl QueryDatabase for Adapters {
    async fn query_database(&self, request: &DatabaseRequest<'_>) -> Result<Vec<Row>, Failure> {
        let secret = match self.secrets.authentication {
            Authentication::Password => {
                let name = self.secrets.password_of(request.target);
                let read = self.parameters.get(&name).await;
                read.map_err(|fault| {
                    Failure::of_setup("the database's password was not read", fault)
                })?
            }
            Authentication::Iam => self.signer.token(request.address).await?,
        };
        database::query(&self.trust().await?.tls, request, &secret).await
    }
}

impl PutMetrics for Adapters {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        self.metrics.put(request).await
    }
}

impl QuarantineDatum for Adapters {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Fault> {
        self.quarantine.put_datum(object).await
    }
}
