//! The ports of the probe runner, one verb each, beside those of publishing ([`PublishPorts`]). Its role allows these actions and no
//! others.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_cloudwatch::ports::PublishPorts;
use picket_rules::probes::{Name, Statement, TableCheck};
use reqwest::Url;
use rust_decimal::Decimal;

use crate::{failure::Failure, targets::DatabaseAddress};

/// Asks an address.
pub trait FetchPage {
    /// One `GET` on a connection of its own; a redirect is an answer.
    fn fetch_page(&self, url: &Url) -> impl Future<Output = Result<Page, Failure>> + Send;
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The first 64 KiB.
    pub body: Vec<u8>,
    /// When the certificate that the server showed runs out; `None` without TLS.
    pub certificate_ends: Option<Timestamp>,
}

/// Asks a table for the items of a key (`dynamodb:Query`).
pub trait QueryTable {
    /// One page.
    fn query_table(
        &self,
        request: &TableRequest<'_>,
    ) -> impl Future<Output = Result<TablePage, Failure>> + Send;
}

/// Asks a table for all its items (`dynamodb:Scan`).
pub trait ScanTable {
    /// One page.
    fn scan_table(
        &self,
        request: &TableRequest<'_>,
    ) -> impl Future<Output = Result<TablePage, Failure>> + Send;
}

/// A page of a table's answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TablePage {
    /// Items that fit.
    pub count: u64,
    /// The attribute that is added up, of each item that has a number there.
    pub numbers: Vec<Decimal>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<PageKey>,
}

/// The key at which a page of a table starts, an attribute a name (`ExclusiveStartKey`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey(pub BTreeMap<String, KeyValue>);

/// The value of a key attribute. DynamoDB has no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// A string (`S`).
    Text(String),
    /// A number (`N`), as DynamoDB writes it.
    Number(String),
    /// Bytes (`B`).
    Bytes(Vec<u8>),
}

/// One page of a query or scan of a table.
#[derive(Debug, Clone, Copy)]
pub struct TableRequest<'q> {
    /// The table's name or ARN.
    pub table: &'q str,
    /// The query or scan.
    pub check: &'q TableCheck,
    /// Where the page starts; `None` is the first.
    pub start: Option<&'q PageKey>,
}

/// Asks a database (a connection; `ssm:GetParameter` for its password, or `rds-db:connect`).
pub trait QueryDatabase {
    /// One statement in a transaction that reads only, on a connection of its own.
    fn query_database(
        &self,
        request: &DatabaseRequest<'_>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;
}

/// What a database is asked.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseRequest<'q> {
    /// The target's name, by which its password is found.
    pub target: &'q Name,
    /// Where it is.
    pub address: &'q DatabaseAddress,
    /// The statement.
    pub statement: &'q Statement,
    /// After how long the database itself is to give up.
    pub timeout: std::time::Duration,
}

/// A row: its columns in order, with a number, or `None` where the column is NULL or holds none.
pub type Row = Vec<(String, Option<f64>)>;

/// All of them together.
pub trait ProbePorts: FetchPage + QueryTable + ScanTable + QueryDatabase + PublishPorts {}

impl<T> ProbePorts for T where T: FetchPage + QueryTable + ScanTable + QueryDatabase + PublishPorts {}
