//! Runs probes concurrently, each until its own deadline.

use std::{pin::pin, time::Duration};

use futures::future::{Either, join_all, select};
use picket_rules::probes::{Check, HttpCheck, KnowledgeBaseCheck, Selection, TableCheck};
use picket_shared::clock::Clock;
use reqwest::Url;

use crate::{
    bedrock,
    config::ActiveProbe,
    database,
    failure::{Failure, Reason},
    outcome::ProbeOutcome,
    ports::{DatabaseRequest, ProbePorts, TableRequest},
    table::{self, Tally},
    targets::{Endpoint, ResourceId},
    web,
};

/// Runs probes concurrently. None waits for another, and none takes longer than its own timeout or `most`.
pub async fn run_all<'p, P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    probes: &[&'p ActiveProbe],
    most: Duration,
) -> Vec<(&'p ActiveProbe, ProbeOutcome)> {
    let outcomes = probes.iter().map(|active| async move {
        let outcome = run_one(ports, clock, active, most).await;
        (*active, outcome)
    });
    join_all(outcomes).await
}

async fn run_one<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    active: &ActiveProbe,
    most: Duration,
) -> ProbeOutcome {
    let own = active.probe.timeout.duration();
    let timeout = own.min(most);
    let begun = clock.now();
    let request = pin!(request(ports, clock, active, timeout));
    let outcome = match select(request, pin!(clock.sleep(timeout))).await {
        Either::Left((Ok(outcome), _)) => outcome,
        Either::Left((Err(failure), _)) => ProbeOutcome::failed(failure),
        Either::Right(_) => ProbeOutcome::failed(late(own, timeout)),
    };
    let took = clock.now().duration_since(begun);
    outcome.complete(&active.probe, took.as_secs_f64() * 1_000.0)
}

/// Creates the failure of a probe that ran out of time: `Setup` at the invocation's end, `Timeout` at the probe's own.
fn late(own: Duration, timeout: Duration) -> Failure {
    let seconds = timeout.as_secs_f64();
    if timeout < own {
        let left = format!("the invocation left it {seconds} s of its time");
        Failure::new(Reason::Setup, left)
    } else {
        Failure::new(Reason::Timeout, format!("no answer within {seconds} s"))
    }
}

async fn request<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    active: &ActiveProbe,
    timeout: Duration,
) -> Result<ProbeOutcome, Failure> {
    match (&active.probe.check, &active.endpoint) {
        (Check::Http(check), Endpoint::Web(url)) => probe_address(ports, clock, check, url).await,
        (Check::DynamoDb(check), Endpoint::Table(table)) => probe_table(ports, check, table).await,
        (Check::PostgreSql(check), Endpoint::Database(address)) => {
            let request = DatabaseRequest {
                target: &check.target,
                address,
                statement: &check.statement,
                timeout,
            };
            let rows = ports.query_database(&request).await?;
            Ok(database::outcome(&active.probe, rows))
        }
        (Check::BedrockAgent(_), Endpoint::Agent(agent)) => {
            Ok(bedrock::agent(ports.read_agent(agent).await?.as_ref()))
        }
        (Check::BedrockKnowledgeBase(check), Endpoint::KnowledgeBase(id)) => {
            probe_knowledge_base(ports, check, id).await
        }
        _ => Err(Failure::new(
            Reason::Setup,
            format!("the target of {} is of another kind", active.id),
        )),
    }
}

async fn probe_address<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    check: &HttpCheck,
    url: &Url,
) -> Result<ProbeOutcome, Failure> {
    let mut url = url.clone();
    let mut redirects = 0;
    loop {
        let page = ports.fetch_page(&url).await?;
        match web::next(check, &url, &page, redirects, clock.now()) {
            web::Next::Follow(to) => url = to,
            web::Next::Done(outcome) => return Ok(*outcome),
        }
        redirects += 1;
    }
}

async fn probe_knowledge_base<P: ProbePorts>(
    ports: &P,
    check: &KnowledgeBaseCheck,
    id: &ResourceId,
) -> Result<ProbeOutcome, Failure> {
    let status = ports.read_knowledge_base(id).await?;
    let mut outcome = bedrock::knowledge_base(status.as_deref());
    if let Some(text) = &check.retrieve {
        bedrock::add_retrieval(&mut outcome, ports.retrieve(id, text).await);
    }
    Ok(outcome)
}

async fn probe_table<P: ProbePorts>(
    ports: &P,
    check: &TableCheck,
    table: &str,
) -> Result<ProbeOutcome, Failure> {
    let mut tally = Tally::new(check);
    let mut start = None;
    loop {
        let request = TableRequest {
            table,
            check,
            start: start.as_ref(),
        };
        let page = match &check.selection {
            Selection::Key(_) => ports.query_table(&request).await?,
            Selection::Scan => ports.scan_table(&request).await?,
        };
        match tally.take(page) {
            table::Next::Read(key) => start = Some(key),
            table::Next::Done(outcome) => return Ok(*outcome),
        }
    }
}

#[cfg(test)]
mod tests;
