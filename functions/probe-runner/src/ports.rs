//! The ports of the probe runner, one verb each, beside those of publishing ([`PublishPorts`]). Its role allows these
//! actions and no others.

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;
use picket_cloudwatch::ports::PublishPorts;
use picket_rules::probes::{Name, Statement, TableCheck};
use reqwest::Url;
use rust_decimal::Decimal;

use crate::{
    failure::Failure,
    targets::{AgentAddress, DatabaseAddress, ResourceId},
};

/// Fetches a page.
pub trait FetchPage {
    /// Sends one `GET` on a new connection; a redirect is an answer.
    fn fetch_page(&self, url: &Url) -> impl Future<Output = Result<Page, Failure>> + Send;
}

/// The answer of an HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The target of a redirect (`Location`).
    pub location: Option<String>,
    /// The first 64 KiB of the body.
    pub body: Vec<u8>,
    /// The expiry of the server's certificate; `None` without TLS.
    pub certificate_ends: Option<Timestamp>,
}

/// Queries a table for the items of a key (`dynamodb:Query`).
pub trait QueryTable {
    /// Reads one page.
    fn query_table(
        &self,
        request: &TableRequest<'_>,
    ) -> impl Future<Output = Result<TablePage, Failure>> + Send;
}

/// Scans a table (`dynamodb:Scan`).
pub trait ScanTable {
    /// Reads one page.
    fn scan_table(
        &self,
        request: &TableRequest<'_>,
    ) -> impl Future<Output = Result<TablePage, Failure>> + Send;
}

/// A page of a query or scan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TablePage {
    /// The number of matching items.
    pub count: u64,
    /// The summed attribute of each item in which it is a number.
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

/// Queries a database (a connection; `ssm:GetParameter` for its password, or `rds-db:connect`).
pub trait QueryDatabase {
    /// Runs one statement in a read-only transaction, on a new connection.
    fn query_database(
        &self,
        request: &DatabaseRequest<'_>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;
}

/// A query of a database.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseRequest<'q> {
    /// The target's name, which determines the parameter of its password.
    pub target: &'q Name,
    /// The database's address.
    pub address: &'q DatabaseAddress,
    /// The statement.
    pub statement: &'q Statement,
    /// The statement timeout of the database.
    pub timeout: std::time::Duration,
}

/// Reads an agent of Bedrock, its alias, and the action groups of the alias's version (`bedrock:GetAgent`,
/// `bedrock:GetAgentAlias`, `bedrock:ListAgentActionGroups`).
pub trait ReadAgent {
    /// The states; `None` where the agent or the alias does not exist.
    fn read_agent(
        &self,
        agent: &AgentAddress,
    ) -> impl Future<Output = Result<Option<AgentState>, Failure>> + Send;
}

/// An agent's state, in the words of its service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentState {
    /// `agentStatus`.
    pub agent: String,
    /// `agentAliasStatus`.
    pub alias: String,
    /// Whether the alias rejects invocations (`aliasInvocationState`).
    pub rejects: bool,
    /// The action groups, by name and `actionGroupState`.
    pub action_groups: Vec<(String, String)>,
}

/// Reads a knowledge base of Bedrock (`bedrock:GetKnowledgeBase`).
pub trait ReadKnowledgeBase {
    /// Its `status`; `None` where it does not exist.
    fn read_knowledge_base(
        &self,
        id: &ResourceId,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
}

/// Queries a knowledge base of Bedrock (`bedrock:Retrieve`).
pub trait Retrieve {
    /// Queries it with a text.
    fn retrieve(
        &self,
        id: &ResourceId,
        text: &str,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A row: its columns in order; `None` where a column is NULL or no number.
pub type Row = Vec<(String, Option<f64>)>;

/// All ports of the function.
pub trait ProbePorts:
    FetchPage + QueryTable + ScanTable + QueryDatabase + BedrockPorts + PublishPorts
{
}

impl<T> ProbePorts for T where
    T: FetchPage + QueryTable + ScanTable + QueryDatabase + BedrockPorts + PublishPorts
{
}

/// The ports of Bedrock.
pub trait BedrockPorts: ReadAgent + ReadKnowledgeBase + Retrieve {}

impl<T> BedrockPorts for T where T: ReadAgent + ReadKnowledgeBase + Retrieve {}
