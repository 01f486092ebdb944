//! The probes' ports: AWS, addresses, databases.

mod database;
mod page;
mod table;
#[cfg(test)]
mod tests;
mod token;

use std::error::Error;

use aws_config::SdkConfig;
pub(super) use aws_sdk_dynamodb::types::AttributeValue;
use picket_aws::{Fault, secret::Parameters, web};
use picket_shared::{env::Process, fault_points::FaultPoints};
use reqwest::{Client, Url};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use super::{
    config::{Config, Secrets},
    failure::{Failure, Reason},
    ports::{
        DatabaseQuestion, FetchPage, Page, QueryDatabase, QueryTable, Row, ScanTable, TablePage,
    },
    table::TableQuestion,
};
use crate::{
    adapters::{metrics, quarantine},
    pack::Request,
    ports::{FaultPoint, KeepDatum, Point, PutFault, PutMetrics},
    refusal::Object,
};

/// The world, as a tick of the probes sees it.
#[derive(Debug)]
pub struct World {
    metrics: metrics::Metrics,
    quarantine: quarantine::Quarantine,
    fault_points: FaultPoints,
    tables: aws_sdk_dynamodb::Client,
    parameters: Parameters,
    secrets: Secrets,
    signer: token::Signer,
    trust: OnceCell<Trust>,
}

/// What TLS trusts: read once a process, when it is first needed.
#[derive(Debug)]
struct Trust {
    web: Client,
    tls: ClientConfig,
}

impl World {
    /// Clients for what the configuration names.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            metrics: metrics::Metrics::new(sdk),
            quarantine: quarantine::Quarantine::new(sdk, &config.quarantine_bucket),
            fault_points: FaultPoints::read(&Process),
            tables: aws_sdk_dynamodb::Client::new(sdk),
            parameters: Parameters::new(aws_sdk_ssm::Client::new(sdk)),
            secrets: config.secrets.clone(),
            signer: token::Signer::new(sdk),
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

impl FetchPage for World {
    async fn fetch_page(&self, url: &Url) -> Result<Page, Failure> {
        page::fetch(&self.trust().await?.web, url).await
    }
}

impl QueryTable for World {
    async fn query_table(&self, question: &TableQuestion<'_>) -> Result<TablePage, Failure> {
        table::query(&self.tables, question).await
    }
}

impl ScanTable for World {
    async fn scan_table(&self, question: &TableQuestion<'_>) -> Result<TablePage, Failure> {
        table::scan(&self.tables, question).await
    }
}

impl QueryDatabase for World {
    async fn query_database(&self, question: &DatabaseQuestion<'_>) -> Result<Vec<Row>, Failure> {
        let secret = match self.secrets.authentication {
            super::config::Authentication::Password => {
                let name = self.secrets.password_of(question.target);
                let read = self.parameters.get(&name).await;
                read.map_err(|fault| {
                    Failure::of_setup("the database's password was not read", fault)
                })?
            }
            super::config::Authentication::Iam => self.signer.token(question.address).await?,
        };
        database::query(&self.trust().await?.tls, question, &secret).await
    }
}

impl PutMetrics for World {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutFault> {
        self.metrics.put(request).await
    }
}

impl KeepDatum for World {
    async fn keep_datum(&self, object: &Object) -> Result<(), Fault> {
        self.quarantine.keep(object).await
    }
}

impl FaultPoint for World {
    fn reach(&self, point: Point) {
        self.fault_points.reach(point.as_str());
    }
}

/// What rustls refused, if that is what an error stands on.
fn certificate_refused(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(refused)) = error.downcast_ref() {
        return Some(sentence(refused));
    }
    // An I/O error's source is that of what it holds, which is left out.
    let held = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    let below = held
        .map(|held| held as &(dyn Error + 'static))
        .or_else(|| error.source());
    certificate_refused(below?)
}

fn sentence(error: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Refused;
    match error {
        Refused::Expired | Refused::ExpiredContext { .. } => "it has run out".to_owned(),
        Refused::NotValidYet | Refused::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        Refused::NotValidForName | Refused::NotValidForNameContext { .. } => {
            "it is another host's".to_owned()
        }
        Refused::UnknownIssuer => "nobody we trust signed it; is it a private root's?".to_owned(),
        other => other.to_string(),
    }
}
