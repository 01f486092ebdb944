//! A function whose alias fails since its newest version.

use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use picket_shared::clock::{Clock, SystemClock};

use super::put;
use crate::{
    aws::Clients,
    demo::{drill::Watched, throttled::function},
    line::Line,
};

/// Its name.
const NAME: &str = "confirmations";
/// The alias that is invoked.
const ALIAS: &str = "live";
/// The playbook's `deployed-within`, and a second: the good version is older.
const SETTLED: Duration = Duration::from_secs(21);

/// The metric of its alarm.
pub(super) const WATCHED: Watched<'static> = Watched {
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimensions: &[("FunctionName", NAME), ("Resource", "confirmations:live")],
};

/// The function with its first version, which works.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Healthy {
    since: Timestamp,
}

impl Healthy {
    pub(in crate::demo) async fn create(line: &Line) -> Result<Self> {
        function(line, NAME).await?;
        let version = publish(&line.clients).await?;
        let lambda = line.clients.lambda();
        let alias = lambda.create_alias().function_name(NAME).name(ALIAS);
        alias
            .function_version(version)
            .send()
            .await
            .with_context(|| format!("the alias {ALIAS} cannot be created"))?;
        Ok(Self {
            since: SystemClock.now(),
        })
    }

    /// Deploys the second version, which fails, once the first one is no recent deployment any more.
    pub(super) async fn deploy(self, line: &Line) -> Result<()> {
        let age = SystemClock.now().duration_since(self.since).unsigned_abs();
        SystemClock.sleep(SETTLED.saturating_sub(age)).await;
        let lambda = line.clients.lambda();
        // Lambda publishes a version where the function has changed since the last one.
        let change = lambda.update_function_configuration().function_name(NAME);
        change.description("fails").send().await?;
        let version = publish(&line.clients).await?;
        let alias = lambda.update_alias().function_name(NAME).name(ALIAS);
        alias.function_version(version).send().await?;
        Ok(())
    }
}

async fn publish(clients: &Clients) -> Result<String> {
    let lambda = clients.lambda();
    let answer = lambda.publish_version().function_name(NAME).send().await?;
    answer.version.context("the version has no number")
}

/// Puts what Lambda would report of the alias: no errors before its newest version, and errors since.
pub(super) async fn report(clients: &Clients, now: Timestamp) -> Result<()> {
    let before = now - SignedDuration::from_mins(3);
    for (at, invocations, errors) in [(before, 100.0, 0.0), (now, 20.0, 18.0)] {
        put(clients, WATCHED, "Invocations", invocations, at).await?;
        put(clients, WATCHED, WATCHED.metric, errors, at).await?;
    }
    // The remediator reads the metrics up to the last second.
    SystemClock.sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// The version of the alias.
pub(super) async fn version(clients: &Clients) -> Result<String> {
    let lambda = clients.lambda();
    let answer = lambda.get_alias().function_name(NAME).name(ALIAS).send();
    let version = answer.await?.function_version;
    version.context("the alias has no version")
}
