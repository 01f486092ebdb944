//! The whole line, composed: emulator, deployed stack, poller, pump, and the server with the page and the stand-ins.

mod functions;
mod operator;
mod routes;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use picket_aws::stream::{self, OutgoingRecord, Stream};
use picket_shared::clock::{Clock, SystemClock};
use tokio::task::JoinSet;

use crate::{
    aws::Clients,
    checkout::Checkout,
    cost_explorer,
    dashboards::{self, Boards},
    deploy::{Deployment, Outputs, deploy},
    emulator::Emulator,
    evaluator::ByHand,
    grafana,
    journal::{Journal, LineEvent},
    known::Known,
    mailbox::Mailbox,
    page,
    pagerduty::PagerDuty,
    poller::{self, Progress, kinesis::Mapping},
    prometheus::Queries,
    pump::Pump,
    server::Server,
    silences::Silences,
    slack::Slack,
    widget,
};

pub use crate::deploy::OVERRIDES;
pub(crate) use functions::{invoke, tick};

use operator::{PARAMETER_PREFIX, put_routes, put_secrets};

/// The interval of a wait.
const POLL_EVERY: Duration = Duration::from_millis(50);

/// How a line is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its files go: a folder two levels below the root.
    pub folder: PathBuf,
    /// The stack's name.
    pub stack: String,
    /// The page's port; 0 is any free one.
    pub page_port: u16,
    /// In place of the mapping's batching window: a demo does not wait ten seconds for a batch that never fills.
    pub window: Option<Duration>,
    /// Parameters of the template beside those that every line sets.
    pub parameters: Vec<(String, String)>,
    /// The Prometheus that the line writes to, by these parameters: the page draws dashboards from it.
    pub prometheus: Option<Queries>,
}

/// A running line. Dropping it ends every process of it.
#[derive(Debug)]
pub struct Line {
    /// Clients with the root key.
    pub clients: Clients,
    /// The stack's outputs.
    pub outputs: Outputs,
    /// The journal of the line's events.
    pub journal: Journal,
    /// The Slack that messages come to.
    pub slack: Slack,
    /// How far the poller is.
    pub progress: Arc<Progress>,
    server: Server,
    stack: String,
    parameters: Vec<(String, String)>,
    /// What the checkout says of metrics.
    pub(crate) known: Known,
    _pump: Pump,
    _mailbox: Mailbox,
    _silences: Silences,
    _by_hand: ByHand,
    _poller: JoinSet<()>,
    // Last: everything above uses it until the end.
    emulator: Emulator,
}

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

fn parameters(options: &Options, server: &str) -> Vec<(String, String)> {
    let fixed = fixed(server).map(|(name, value)| (name.to_owned(), value));
    fixed
        .into_iter()
        .chain(options.parameters.iter().cloned())
        .collect()
}

/// The parameters that every line sets.
fn fixed(server: &str) -> [(&'static str, String); 11] {
    let text = str::to_owned;
    [
        ("SlackApiUrl", format!("{server}/api")),
        ("PagerDutyUrl", text(server)),
        ("Environment", text("dev")),
        ("Emulated", text("true")),
        ("SlackParameterPrefix", text(PARAMETER_PREFIX)),
        ("SlackAllowedHosts", text("127.0.0.1")),
        ("OverrideBucket", text(OVERRIDES)),
        ("MinuteSettleSeconds", text("0")),
        ("BedrockUsage", text("true")),
        // The page is an address like another.
        ("Probes", text("true")),
        ("WebApiUrl", text(server)),
    ]
}

impl Line {
    /// Whether every line sets a parameter.
    pub(crate) fn sets(parameter: &str) -> bool {
        fixed("").iter().any(|(name, _)| *name == parameter)
    }

    /// The page's address.
    pub fn page(&self) -> &str {
        self.server.address()
    }

    /// The stack's name.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The parameters that the stack was deployed with.
    pub(crate) fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The process group of the emulator and the functions.
    pub fn process_group(&self) -> u32 {
        self.emulator.process_group()
    }

    /// Waits until the emulator has ended, without which there is no line.
    pub async fn ended(&self) -> anyhow::Error {
        self.emulator.ended().await
    }

    /// Writes a sentence into the journal.
    pub fn note(&self, text: impl Into<String>) {
        self.journal
            .write(SystemClock.now(), LineEvent::Note { text: text.into() });
    }

    /// Puts records on the stream, and waits until the processor has processed them.
    pub(crate) async fn send(&self, records: &[OutgoingRecord]) -> Result<()> {
        let stream = Stream::new(self.clients.kinesis(), self.outputs.get("EventStream")?);
        let marks = stream::put_all(&stream, records, &SystemClock, |_| ()).await?;
        self.drained(&marks).await;
        Ok(())
    }

    /// Waits until the processor has processed everything up to these positions.
    pub async fn drained(&self, marks: &picket_aws::stream::LastPositions) {
        while !self.progress.has_passed(marks) {
            SystemClock.sleep(POLL_EVERY).await;
        }
    }
}
