//! Sends the queries, page by page, as far as the number of requests and the time allow.

pub(crate) mod cache;

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{clock::Clock, report::ErrorChain};

use cache::AnswerCache;

use crate::{
    ports::Explorer,
    reads::{
        Reads,
        query::{CostQuery, Query},
        unread::Unread,
    },
};

/// The time from the start of an invocation in which queries are begun. One call takes at most 30 seconds
/// ([`crate::adapters`]), and what was read must be published within the function's timeout of two minutes.
pub(crate) const READING: Duration = Duration::from_secs(75);

/// The most requests to AWS Budgets, of 100 budgets each. They cost nothing: the price list of AWS Budgets has reports
/// and actions, and no requests. <https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/>
pub(crate) const BUDGET_REQUESTS: u32 = 10;

/// What limits the reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most requests to Cost Explorer, at $0.01 each.
    pub(crate) requests: u32,
    /// When the invocation started.
    pub(crate) started: Timestamp,
}

/// Sends the queries in their order. A query that is not answered whole leaves out its part; pages that were read
/// before are kept. A query whose answer is in the cache is not sent.
pub(crate) async fn collect(
    ports: &impl Explorer,
    clock: &impl Clock,
    limits: Limits,
    queries: Vec<Query>,
    cache: &AnswerCache,
    reads: &mut Reads,
) {
    for query in queries {
        if cache.copy(&query, reads) {
            continue;
        }
        let part = query.part();
        let mut collector = Collector {
            ports,
            clock,
            limits,
            reads,
        };
        match collector.read(&query).await {
            Ok(()) => cache.insert(query, reads),
            Err(reason) => {
                tracing::warn!(?part, reason, "a part of the report is left out");
                reads.left_out.insert(part, reason);
            }
        }
    }
}

struct Collector<'a, P, C> {
    ports: &'a P,
    clock: &'a C,
    limits: Limits,
    reads: &'a mut Reads,
}

impl<P: Explorer, C: Clock> Collector<'_, P, C> {
    async fn read(&mut self, query: &Query) -> Result<(), String> {
        match query {
            Query::Costs(query) => self.read_costs(query).await,
            Query::Forecast(start, end) => {
                self.spend()?;
                let forecast = self.ports.forecast(*start, *end).await;
                self.reads.forecast = Some(forecast.map_err(|error| logged(&error))?);
                Ok(())
            }
            Query::Budgets(account) => self.read_budgets(account).await,
            Query::Anomalies(start, end) => {
                let mut page: Option<String> = None;
                loop {
                    self.spend()?;
                    let answer = self.ports.anomalies(*start, *end, page.as_deref()).await;
                    let answer = answer.map_err(|error| logged(&error))?;
                    page.clone_from(&answer.next_page_token);
                    self.reads.anomalies.push(answer);
                    if page.is_none() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn read_budgets(&mut self, account: &str) -> Result<(), String> {
        let mut page: Option<String> = None;
        for _ in 0..BUDGET_REQUESTS {
            self.has_time()?;
            let answer = self.ports.budgets(account, page.as_deref()).await;
            let answer = answer.map_err(|error| logged(&error))?;
            page.clone_from(&answer.next_token);
            self.reads.budgets.push(answer);
            if page.is_none() {
                return Ok(());
            }
        }
        let read: usize = self
            .reads
            .budgets
            .iter()
            .map(|page| page.budgets.len())
            .sum();
        Err(format!(
            "AWS Budgets has more than the {read} that a report reads"
        ))
    }

    async fn read_costs(&mut self, query: &CostQuery) -> Result<(), String> {
        let mut page: Option<String> = None;
        loop {
            self.spend()?;
            let answer = self.ports.costs(query, page.as_deref()).await;
            let answer = answer.map_err(|error| logged(&error))?;
            page.clone_from(&answer.next_page_token);
            self.reads.add(query.part, answer);
            if page.is_none() {
                return Ok(());
            }
        }
    }

    /// Counts a request to Cost Explorer, where another one may be sent.
    fn spend(&mut self) -> Result<(), String> {
        if self.reads.requests >= self.limits.requests {
            return Err(format!(
                "the report's {} requests to Cost Explorer are used up",
                self.limits.requests
            ));
        }
        self.has_time()?;
        self.reads.requests += 1;
        Ok(())
    }

    fn has_time(&self) -> Result<(), String> {
        let age = self.clock.now().duration_since(self.limits.started);
        if age.unsigned_abs() > READING {
            return Err(format!(
                "reading took longer than {} seconds",
                READING.as_secs()
            ));
        }
        Ok(())
    }
}

/// The sentence of a reason; the log gets its sources too.
fn logged(unread: &Unread) -> String {
    tracing::warn!(fault = %ErrorChain(unread), "Cost Explorer or AWS Budgets did not answer a query");
    unread.to_string()
}
