use anyhow::{Context, Result};
use picket_aws::{chain::ChainTable, ledger::LedgerTable};

use crate::{
    aws::Clients,
    checkout::Checkout,
    deploy::{Outputs, stack_outputs},
    line::{Line, invoke, tick},
    local::Local,
    prometheus::Queries,
};

/// The resources of a deployed line that a replay uses.
#[derive(Debug)]
pub struct Connection {
    pub(super) clients: Clients,
    pub(super) stream: String,
    pub(super) ledger: LedgerTable,
    pub(super) chain: ChainTable,
    pub(super) prometheus: Option<Queries>,
    pub(super) processor: String,
    pub(super) publisher: String,
    pub(super) process_group: u32,
}

impl Connection {
    /// The line that runs in this checkout.
    pub async fn running(checkout: &Checkout) -> Result<Self> {
        let local = Local::find(checkout).await?;
        let clients = Clients::new(&local.endpoint).await;
        let outputs = stack_outputs(&clients, &local.stack)
            .await
            .with_context(|| {
                format!(
                    "the line at {} has no stack {}: wait until it is deployed",
                    local.endpoint, local.stack
                )
            })?;
        let prometheus = local.prometheus.as_deref().map(Queries::at).transpose()?;
        let connection = Self::to(clients, &outputs, local.process_group)?;
        Ok(connection.with_prometheus(prometheus))
    }

    /// A line of this program.
    pub fn of(line: &Line) -> Result<Self> {
        Self::to(line.clients.clone(), &line.outputs, line.process_group())
    }

    /// With the Prometheus that the line writes to.
    #[must_use]
    pub fn with_prometheus(self, prometheus: Option<Queries>) -> Self {
        Self { prometheus, ..self }
    }

    fn to(clients: Clients, outputs: &Outputs, process_group: u32) -> Result<Self> {
        Ok(Self {
            stream: outputs.get("EventStream")?.to_owned(),
            ledger: LedgerTable::new(clients.dynamodb(), outputs.get("LedgerTable")?),
            chain: ChainTable::new(clients.dynamodb(), outputs.get("ChainTable")?),
            prometheus: None,
            processor: outputs.get("EventProcessor")?.to_owned(),
            publisher: outputs.get("MetricsPublisher")?.to_owned(),
            clients,
            process_group,
        })
    }

    /// A tick of the publisher beside those of the schedule.
    pub async fn tick(&self) -> Result<()> {
        invoke(&self.clients.lambda(), &self.publisher, &tick()).await?;
        Ok(())
    }
}
