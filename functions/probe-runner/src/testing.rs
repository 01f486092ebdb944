//! Fakes of the ports and the clock.

use std::{collections::BTreeMap, future::pending, sync::Mutex, time::Duration};

use jiff::Timestamp;
use picket_aws::Fault;
use picket_cloudwatch::{
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    rejected::QuarantinedDatum,
};
use picket_rules::probes;
use picket_shared::clock::Clock;
use reqwest::Url;

use crate::{
    config::{ActiveProbe, Config, Secrets},
    failure::{Failure, Reason},
    ports::{
        AgentState, DatabaseRequest, FetchPage, KeyValue, Page, PageKey, QueryDatabase, QueryTable,
        ReadAgent, ReadKnowledgeBase, Retrieve, Row, ScanTable, TablePage, TableRequest,
    },
    targets::{AgentAddress, ResourceId, Targets},
};

/// One of each kind, and one that runs every five minutes.
pub(super) const PROBES: &str = "
Workload: shop
Probes:
  - Name: front
    Every: 1m
    Timeout: 10s
    Http: { Target: shop }
    Metrics:
      - { Value: availability, MetricNamespace: Picket/Shop, MetricName: Availability }
      - { Value: latency, MetricNamespace: Picket/Shop, MetricName: LatencyMs }
  - Name: baskets
    Every: 1m
    Timeout: 5s
    DynamoDB:
      Target: baskets
      KeyConditionExpression: 'shop = :shop'
      ExpressionAttributeValues: { ':shop': { S: a } }
      Sum: total
      MostPages: 3
    Metrics:
      - { Value: count, MetricNamespace: Picket/Shop, MetricName: Baskets }
      - { Value: sum, MetricNamespace: Picket/Shop, MetricName: BasketTotal }
  - Name: orders
    Every: 5m
    Timeout: 5s
    PostgreSQL: { Target: orders, Statement: SELECT 1 }
    Metrics:
      - { Column: open, MetricNamespace: Picket/Shop, MetricName: OpenOrders, Unit: Count }
      - { Column: late, MetricNamespace: Picket/Shop, MetricName: LateOrders, Unit: Count }
";

const TARGETS: &str =
    "shop=https://shop.example.com/ baskets=baskets-table orders=postgresql://u@db/orders";

/// The probes above, all switched on.
pub(super) fn active() -> Vec<ActiveProbe> {
    let targets: Targets = TARGETS.parse().unwrap();
    let probes = probes::parse("probes.yaml", PROBES).unwrap().probes;
    let endpoint = |probe: probes::Probe| ActiveProbe {
        id: format!("shop/{}", probe.name),
        endpoint: targets.endpoint(&probe).unwrap().unwrap(),
        probe,
    };
    probes.into_iter().map(endpoint).collect()
}

pub(super) fn config() -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        quarantine_bucket: "quarantine".into(),
        probes: active(),
        secrets: Secrets {
            prefix: "/picket/probes".into(),
            authentication: crate::config::Authentication::Password,
            roots: None,
        },
    }
}

/// A clock that stands still, and on which every wait is over as soon as everybody has had a turn.
#[derive(Debug)]
pub(super) struct FixedClock {
    pub(super) now: Timestamp,
    /// The durations of sleep, in order.
    pub(super) waits: Mutex<Vec<Duration>>,
}

impl FixedClock {
    pub(super) fn at(now: &str) -> Self {
        Self {
            now: now.parse().unwrap(),
            waits: Mutex::default(),
        }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.lock().unwrap().push(duration);
        tokio::task::yield_now().await;
    }
}

/// The behaviour of a fake.
#[derive(Debug, Clone)]
pub(super) enum Behaviour<T> {
    Answers(T),
    Fails(Reason),
    Hangs,
}

#[derive(Debug)]
pub(super) struct Fake {
    pub(super) pages: BTreeMap<String, Behaviour<Page>>,
    pub(super) table: Behaviour<Vec<TablePage>>,
    pub(super) rows: Behaviour<Vec<Row>>,
    pub(super) agent: Behaviour<Option<AgentState>>,
    pub(super) knowledge_base: Behaviour<Option<String>>,
    pub(super) retrieval: Behaviour<()>,
    pub(super) put: Behaviour<()>,
    pub(super) sent: Mutex<Vec<Request>>,
    pub(super) probed: Mutex<Vec<String>>,
}

impl Default for Fake {
    fn default() -> Self {
        let page = Page {
            status: 200,
            ..Page::default()
        };
        let front = (
            "https://shop.example.com/".to_owned(),
            Behaviour::Answers(page),
        );
        let row = vec![
            ("open".to_owned(), Some(7.0)),
            ("late".to_owned(), Some(2.0)),
        ];
        let table = TablePage {
            count: 2,
            numbers: vec!["1.10".parse().unwrap(), "2.20".parse().unwrap()],
            next: None,
        };
        Self {
            pages: BTreeMap::from([front]),
            table: Behaviour::Answers(vec![table]),
            rows: Behaviour::Answers(vec![row]),
            agent: Behaviour::Answers(None),
            knowledge_base: Behaviour::Answers(None),
            retrieval: Behaviour::Answers(()),
            put: Behaviour::Answers(()),
            sent: Mutex::default(),
            probed: Mutex::default(),
        }
    }
}

/// A key that the fake knows as the page of this number.
pub(super) fn key(page: usize) -> PageKey {
    let value = KeyValue::Number(page.to_string());
    PageKey([("page".to_owned(), value)].into())
}

async fn behave<T: Clone>(behaviour: &Behaviour<T>) -> Result<T, Failure> {
    match behaviour {
        Behaviour::Answers(answer) => Ok(answer.clone()),
        Behaviour::Fails(reason) => Err(Failure::new(*reason, "as configured")),
        Behaviour::Hangs => pending().await,
    }
}

impl Fake {
    fn note(&self, probed: impl Into<String>) {
        self.probed.lock().unwrap().push(probed.into());
    }

    async fn page_of_table(&self, request: &TableRequest<'_>) -> Result<TablePage, Failure> {
        let number = match request.start.map(|key| &key.0["page"]) {
            None => 0,
            Some(KeyValue::Number(number)) => number.parse().unwrap(),
            Some(other) => panic!("{other:?} is no page"),
        };
        self.note(format!("page {number} of {}", request.table));
        let pages = behave(&self.table).await?;
        Ok(pages[number.min(pages.len() - 1)].clone())
    }
}

impl FetchPage for Fake {
    async fn fetch_page(&self, url: &Url) -> Result<Page, Failure> {
        self.note(url.as_str());
        behave(&self.pages[url.as_str()]).await
    }
}

impl QueryTable for Fake {
    async fn query_table(&self, request: &TableRequest<'_>) -> Result<TablePage, Failure> {
        self.page_of_table(request).await
    }
}

impl ScanTable for Fake {
    async fn scan_table(&self, request: &TableRequest<'_>) -> Result<TablePage, Failure> {
        self.note("scan");
        self.page_of_table(request).await
    }
}

impl QueryDatabase for Fake {
    async fn query_database(&self, request: &DatabaseRequest<'_>) -> Result<Vec<Row>, Failure> {
        self.note(request.address.to_string());
        behave(&self.rows).await
    }
}

impl ReadAgent for Fake {
    async fn read_agent(&self, agent: &AgentAddress) -> Result<Option<AgentState>, Failure> {
        self.note(format!("agent {}", agent.agent.as_str()));
        behave(&self.agent).await
    }
}

impl ReadKnowledgeBase for Fake {
    async fn read_knowledge_base(&self, id: &ResourceId) -> Result<Option<String>, Failure> {
        self.note(format!("knowledge base {}", id.as_str()));
        behave(&self.knowledge_base).await
    }
}

impl Retrieve for Fake {
    async fn retrieve(&self, id: &ResourceId, text: &str) -> Result<(), Failure> {
        self.note(format!("{text:?} of {}", id.as_str()));
        behave(&self.retrieval).await
    }
}

impl PutMetrics for Fake {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        self.sent.lock().unwrap().push(request.clone());
        match &self.put {
            Behaviour::Answers(()) => Ok(()),
            Behaviour::Fails(_) => Err(PutError::Lost(Fault::transient("as configured"))),
            Behaviour::Hangs => pending().await,
        }
    }
}

impl QuarantineDatum for Fake {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Fault> {
        self.note(&object.key);
        Ok(())
    }
}
