//! Asking: every probe side by side, each until its own deadline.

use std::{pin::pin, time::Duration};

use futures::future::{Either, join_all, select};
use picket_rules::probes::{Check, HttpCheck, Selection, TableCheck};
use picket_shared::clock::Clock;
use reqwest::Url;

use super::{
    config::PlacedProbe,
    database,
    failure::{Failure, Reason},
    outcome::Outcome,
    ports::{DatabaseQuestion, ProbePorts},
    table::{self, TableQuestion, Tally},
    targets::Place,
    web,
};

/// Asks them all at once. None waits for another, and none takes longer than its own time or than `most`.
pub async fn ask_all<'p, P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    probes: &[&'p PlacedProbe],
    most: Duration,
) -> Vec<(&'p PlacedProbe, Outcome)> {
    let asked = probes.iter().map(|placed| async move {
        let outcome = ask(ports, clock, placed, most).await;
        (*placed, outcome)
    });
    join_all(asked).await
}

async fn ask<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    placed: &PlacedProbe,
    most: Duration,
) -> Outcome {
    let own = placed.probe.timeout.duration();
    let timeout = own.min(most);
    let begun = clock.now();
    let question = pin!(question(ports, clock, placed, timeout));
    let outcome = match select(question, pin!(clock.sleep(timeout))).await {
        Either::Left((Ok(outcome), _)) => outcome,
        Either::Left((Err(failure), _)) => Outcome::failed(failure),
        Either::Right(_) => Outcome::failed(late(own, timeout)),
    };
    let took = clock.now().duration_since(begun);
    outcome.complete(&placed.probe, took.as_secs_f64() * 1_000.0)
}

/// The invocation's end is ours, the probe's time the other side's.
fn late(own: Duration, timeout: Duration) -> Failure {
    let seconds = timeout.as_secs_f64();
    if timeout < own {
        let left = format!("the invocation left it {seconds} s of its time");
        Failure::new(Reason::Setup, left)
    } else {
        Failure::new(Reason::Timeout, format!("no answer within {seconds} s"))
    }
}

async fn question<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    placed: &PlacedProbe,
    timeout: Duration,
) -> Result<Outcome, Failure> {
    match (&placed.probe.check, &placed.place) {
        (Check::Http(check), Place::Web(url)) => ask_web(ports, clock, check, url).await,
        (Check::DynamoDb(check), Place::Table(table)) => ask_table(ports, check, table).await,
        (Check::PostgreSql(check), Place::Database(address)) => {
            let question = DatabaseQuestion {
                target: &check.target,
                address,
                statement: &check.statement,
                timeout,
            };
            let rows = ports.query_database(&question).await?;
            Ok(database::outcome(&placed.probe, rows))
        }
        _ => Err(Failure::new(
            Reason::Setup,
            format!("the target of {} is of another kind", placed.id),
        )),
    }
}

async fn ask_web<P: ProbePorts, C: Clock>(
    ports: &P,
    clock: &C,
    check: &HttpCheck,
    url: &Url,
) -> Result<Outcome, Failure> {
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

async fn ask_table<P: ProbePorts>(
    ports: &P,
    check: &TableCheck,
    table: &str,
) -> Result<Outcome, Failure> {
    let mut tally = Tally::new(check);
    let mut start = None;
    loop {
        let question = TableQuestion {
            table,
            check,
            start: start.as_ref(),
        };
        let page = match &check.selection {
            Selection::Key(_) => ports.query_table(&question).await?,
            Selection::Scan => ports.scan_table(&question).await?,
        };
        match tally.take(page) {
            table::Next::Ask(key) => start = Some(key),
            table::Next::Done(outcome) => return Ok(*outcome),
        }
    }
}

#[cfg(test)]
mod tests;
