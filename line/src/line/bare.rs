//! A line before its deployment: the emulator, and the server with the page and the stand-ins.

use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use picket_shared::clock::{Clock, SystemClock};
use tokio::task::JoinSet;

use super::{
    Line, Options,
    operator::{put_routes, put_secrets},
    parameters::parameters,
    routes,
};
use crate::{
    aws::Clients,
    checkout::Checkout,
    cost_explorer,
    dashboards::{self, Boards},
    deploy::{Deployment, deploy},
    emulator::Emulator,
    evaluator::ByHand,
    grafana,
    journal::Journal,
    known::Known,
    mailbox::Mailbox,
    page,
    pagerduty::PagerDuty,
    poller::{self, Progress, kinesis::Mapping},
    pump::Pump,
    server::Server,
    silences::Silences,
    slack::Slack,
    widget,
};

/// A line whose emulator runs and whose stack is not deployed yet.
#[derive(Debug)]
pub struct Bare {
    checkout: Checkout,
    options: Options,
    clients: Clients,
    journal: Journal,
    slack: Slack,
    server: Server,
    emulator: Emulator,
}

impl Bare {
    /// Starts the server and the emulator.
    pub async fn start(checkout: &Checkout, options: Options, journal: &Journal) -> Result<Self> {
        std::fs::create_dir_all(&options.folder)
            .with_context(|| format!("{} cannot be made", options.folder.display()))?;
        let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
        let slack = Slack::new(journal.clone());
        let source = widget::Source::default();
        let boards = dashboards::Source::default();
        let router = page::router(journal.clone())
            .merge(slack.router())
            .merge(PagerDuty::new(journal.clone()).router())
            .merge(widget::router(source.clone()))
            .merge(dashboards::router(boards.clone()))
            .merge(grafana::router(grafana::Source {
                root: checkout.root().to_owned(),
                prometheus: options.prometheus.clone(),
                since: SystemClock.now(),
            }))
            .merge(cost_explorer::router(today));
        let server = Server::start(options.page_port, router).await?;
        // The SDK's names for the endpoints of single services; the emulator hands its environment on to every function.
        let [costs, budgets] = ["COST_EXPLORER", "BUDGETS"].map(|service| {
            (
                format!("AWS_ENDPOINT_URL_{service}"),
                server.address().to_owned(),
            )
        });
        let widgets = (
            "PICKET_LINE_WIDGETS".to_owned(),
            format!("{}/widget", server.address()),
        );
        let emulator =
            Emulator::start(checkout, &options.folder, &[costs, budgets, widgets]).await?;
        let clients = Clients::new(&emulator.endpoint()).await;
        source.get_or_init(|| clients.clone());
        let own = dashboards::read(
            checkout.root(),
            &options.stack,
            &parameters(&options, server.address()),
        )
        .context("the dashboards of the workloads cannot be read")?;
        boards.get_or_init(|| Boards {
            clients: clients.clone(),
            boards: own,
        });
        Ok(Self {
            checkout: checkout.clone(),
            options,
            clients,
            journal: journal.clone(),
            slack,
            server,
            emulator,
        })
    }

    /// The page's address.
    pub fn page(&self) -> &str {
        self.server.address()
    }

    /// The emulator's address.
    pub fn endpoint(&self) -> &str {
        self.clients.endpoint()
    }

    /// The process group of the emulator and the functions.
    pub fn process_group(&self) -> u32 {
        self.emulator.process_group()
    }

    /// Deploys the stack and starts what the emulator does not do itself.
    pub async fn deploy(self) -> Result<Line> {
        let Self {
            checkout,
            options,
            clients,
            journal,
            slack,
            server,
            emulator,
        } = self;
        let routes = routes::read(checkout.root())?;
        put_secrets(&clients, server.address(), &routes).await?;
        put_routes(&clients, &options.stack, &routes).await?;
        let parameters = parameters(&options, server.address());
        let deployment = Deployment {
            stack: options.stack.clone(),
            parameters: parameters.clone(),
        };
        let outputs = deploy(&checkout, &options.folder, &clients, &deployment).await?;
        let mapping = Mapping::deployed(&clients, outputs.get("EventProcessorMapping")?).await?;
        let mut policy = mapping.policy().clone();
        policy.window = options.window.unwrap_or(policy.window);
        let progress = Arc::new(Progress::default());
        let mut poller = JoinSet::new();
        poller.spawn(poller::run(
            Arc::new(mapping),
            policy,
            Arc::new(SystemClock),
            progress.clone(),
        ));
        let pump = Pump::start(&clients, &outputs, &journal).await?;
        let mailbox = Mailbox::open(&clients, &outputs, &journal).await?;
        let silences = Silences::start(&clients, &outputs, &options.stack, &journal)?;
        let by_hand = ByHand::start(&clients).await?;
        let known = Known::read(checkout.root(), &options.stack, &parameters)
            .context("the metrics of the workloads cannot be read")?;
        Ok(Line {
            clients,
            outputs,
            journal,
            slack,
            progress,
            server,
            stack: options.stack,
            parameters,
            known,
            _pump: pump,
            _mailbox: mailbox,
            _silences: silences,
            _by_hand: by_hand,
            _poller: poller,
            emulator,
        })
    }
}
