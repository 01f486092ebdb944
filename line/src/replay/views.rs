//! The views of the chain beside the ledger: before a replay, and when both are level with it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};
use serde::Serialize;

use super::{
    Connection, POLL_EVERY, Recording, cloudwatch,
    counts::Counts,
    view::{METRICS, Scope, Series, View, count},
};
use crate::prometheus::Queries;

/// A publisher that was killed leaves a claim for as long as it might have lived, 50 seconds (`Timeout` of the
/// template), and the one that waits for it may have been killed too.
const PATIENCE: Duration = Duration::from_mins(3);

/// A replay's requests in the views.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Views {
    /// CloudWatch.
    pub cloudwatch: View,
    /// Slices that the publisher sent to CloudWatch again because it could not know whether they had arrived
    /// (`PublishAmbiguous`).
    pub ambiguous: u64,
    /// Requests of the largest slice: one that is sent again adds no more.
    pub largest_slice: u64,
    /// Prometheus; `None` where the line writes to none.
    pub prometheus: Option<View>,
}

impl Views {
    /// Prometheus is exact, and so is CloudWatch, or it has no more than the ambiguous slices account for.
    pub fn hold(&self, expected: Counts) -> bool {
        let accounted = self.ambiguous > 0
            && self.cloudwatch.covers(expected)
            && self.cloudwatch.surplus(expected) <= self.ambiguous * self.largest_slice;
        (self.cloudwatch.exact || accounted)
            && self.prometheus.as_ref().is_none_or(|view| view.exact)
    }
}

/// The views as they are before a replay.
#[derive(Debug)]
pub(super) struct Before {
    range: cloudwatch::Range,
    cloudwatch: Series,
    ambiguous: u64,
    prometheus: Option<Series>,
}

impl Before {
    /// Reads them for a recording that ends `now`, as soon as they have everything that is in the chains: what an
    /// earlier replay has left would count as a surplus of this one.
    pub(super) async fn read(
        connection: &Connection,
        recording: &Recording,
        now: Timestamp,
    ) -> Result<Self> {
        let times = recording.requests().iter().map(|request| request.at);
        let first = times.min().context("the recording is empty")?;
        let range = cloudwatch::Range::around(first, now)?;
        let prometheus = settle(connection).await?;
        Ok(Self {
            range,
            cloudwatch: cloudwatch::read(connection, range).await?,
            ambiguous: cloudwatch::ambiguous(connection).await?,
            prometheus,
        })
    }

    /// Ticks the publisher until CloudWatch has all slices, and Prometheus all requests, and returns what they have
    /// then.
    pub(super) async fn after(
        &self,
        connection: &Connection,
        recording: &Recording,
    ) -> Result<Views> {
        let expected = recording.by_agent();
        let total: Counts = expected.values().copied().sum();
        let give_up = SystemClock.now().checked_add(PATIENCE)?;
        let (mut is_level, mut prometheus) = (false, None);
        while !is_level {
            in_time(give_up)?;
            succeeds(connection).await;
            is_level = cloudwatch::is_level(connection).await?;
            if let Some((queries, before)) =
                connection.prometheus.as_ref().zip(self.prometheus.as_ref())
            {
                let view = View::of(before, &read(queries).await?, &expected)?;
                is_level &= view.covers(total);
                prometheus = Some(view);
            }
            SystemClock.sleep(POLL_EVERY).await;
        }
        let after = cloudwatch::read(connection, self.range).await?;
        Ok(Views {
            cloudwatch: View::of(&self.cloudwatch, &after, &expected)?,
            ambiguous: cloudwatch::ambiguous(connection).await? - self.ambiguous,
            largest_slice: cloudwatch::largest_slice(connection).await?,
            prometheus,
        })
    }
}

/// Ticks the publisher until CloudWatch has all slices and a tick that succeeds adds nothing to Prometheus; returns
/// what Prometheus has then.
async fn settle(connection: &Connection) -> Result<Option<Series>> {
    let give_up = SystemClock.now().checked_add(PATIENCE)?;
    loop {
        let was_level = cloudwatch::is_level(connection).await?;
        let earlier = prometheus(connection).await?;
        let succeeds = succeeds(connection).await;
        let now = prometheus(connection).await?;
        if was_level && succeeds && earlier == now && cloudwatch::is_level(connection).await? {
            return Ok(now);
        }
        in_time(give_up)?;
        SystemClock.sleep(POLL_EVERY).await;
    }
}

/// Whether a tick succeeds. One that fails is no error here: the next one repairs what it left, and functions may be
/// killed on purpose.
async fn succeeds(connection: &Connection) -> bool {
    let tick = connection.tick().await;
    if let Err(error) = &tick {
        tracing::info!("a tick failed: {error:#}");
    }
    tick.is_ok()
}

fn in_time(give_up: Timestamp) -> Result<()> {
    if SystemClock.now() > give_up {
        bail!("CloudWatch or Prometheus lacks datapoints: see the functions' logs");
    }
    Ok(())
}

/// The counters of Prometheus, where the line writes to one.
async fn prometheus(connection: &Connection) -> Result<Option<Series>> {
    match &connection.prometheus {
        Some(queries) => Ok(Some(read(queries).await?)),
        None => Ok(None),
    }
}

/// The counters of Prometheus, by series.
async fn read(queries: &Queries) -> Result<Series> {
    let mut series = Series::new();
    for metric in &METRICS {
        for (labels, value) in queries.query(metric.prometheus).await? {
            let label = |name: &str| labels.get(name).cloned();
            let Some(scope) = Scope::of(label("agent_id"), label("model_id")) else {
                continue;
            };
            let value = count(value)
                .with_context(|| format!("{} is no count: {value}", metric.prometheus))?;
            (metric.put)(series.entry(scope).or_default(), value);
        }
    }
    Ok(series)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(requests: u64) -> Counts {
        Counts {
            requests,
            input_tokens: requests,
            output_tokens: requests,
        }
    }

    fn view(requests: u64) -> View {
        let expected = [("a".to_owned(), counts(10))].into();
        let series = Series::from([
            (Scope::Environment, counts(requests)),
            (Scope::Agent("a".to_owned()), counts(requests)),
            (
                Scope::Model("a".to_owned(), "m".to_owned()),
                counts(requests),
            ),
        ]);
        View::of(&Series::new(), &series, &expected).unwrap()
    }

    #[test]
    fn cloudwatch_may_have_what_ambiguous_slices_account_for_and_prometheus_nothing() {
        let table = [
            // In CloudWatch, ambiguous slices of 3 requests at most, in Prometheus: whether that holds.
            (10, 0, Some(10), true),
            (10, 0, None, true),
            (10, 5, Some(10), true),
            (9, 0, Some(10), false),
            (9, 5, Some(10), false),
            (11, 0, Some(10), false),
            (13, 1, Some(10), true),
            (14, 1, Some(10), false),
            (10, 0, Some(9), false),
            (10, 5, Some(11), false),
        ];
        for (cloudwatch, ambiguous, prometheus, holds) in table {
            let views = Views {
                cloudwatch: view(cloudwatch),
                ambiguous,
                largest_slice: 3,
                prometheus: prometheus.map(view),
            };
            assert_eq!(views.hold(counts(10)), holds, "{views:?}");
        }
    }
}
