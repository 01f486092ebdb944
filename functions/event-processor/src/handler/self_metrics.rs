//! Metrics of the function's own work. They are committed as series of the next slice of the same chain, so that they
//! cost no call; metrics that a sandbox has not committed are lost with it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use picket_shared::{
    position::Position,
    series::{Aggregate, OWN_NAMESPACE, SeriesKey, SeriesMinute, Statistics},
};

use crate::{event::Record, rules::OWN_DIMENSION};

/// The self-metrics of a chain that no commit has carried yet.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct SelfMetrics {
    /// Durations of commits in milliseconds, whatever their result.
    commit_latency: Option<Statistics>,
    /// Batches that Lambda retried.
    batches_retried: u64,
    /// Records that were already in the chain, at least in part.
    records_committed_before: u64,
    /// Whether the last batch was returned, so that the next one is its retry.
    is_given_back: bool,
}

impl SelfMetrics {
    /// Records the start of a batch, whose records are in order. It is a retry where part of it is in the chain, or
    /// this sandbox returned it.
    pub(crate) fn begin(&mut self, records: &[Record<'_>], mark: &Position) {
        let before = records.partition_point(|record| record.position(0) <= *mark);
        self.records_committed_before += u64::try_from(before).unwrap_or(u64::MAX);
        let was_given_back = std::mem::take(&mut self.is_given_back);
        self.batches_retried += u64::from(before > 0 || was_given_back);
    }

    /// Records that the batch is returned to Lambda.
    pub(crate) fn give_back(&mut self) {
        self.is_given_back = true;
    }

    /// Records the duration of a commit. A successful commit clears the counters it carried.
    pub(crate) fn commit(&mut self, took: SignedDuration, is_committed: bool) {
        if is_committed {
            *self = Self::default();
        }
        let took = Statistics::of(milliseconds(took));
        match &mut self.commit_latency {
            Some(statistics) => statistics.merge(took),
            None => self.commit_latency = Some(took),
        }
    }

    /// Returns the series for a slice, in its newest minute: a slice is published when that minute is over, so these
    /// delay none. `newest` is the time of arrival of the batch's last record.
    pub(crate) fn series(
        &self,
        stack: &str,
        minute: i64,
        newest: Timestamp,
        now: Timestamp,
    ) -> Vec<SeriesMinute> {
        let series = |name: &str, unit: &str, statistics: Statistics| SeriesMinute {
            key: SeriesKey {
                namespace: OWN_NAMESPACE.to_owned(),
                name: name.to_owned(),
                unit: unit.to_owned(),
                dimensions: vec![(OWN_DIMENSION.to_owned(), stack.to_owned())],
            },
            minute,
            aggregate: Aggregate::Sum(statistics),
        };
        let age = Statistics::of(milliseconds(now.duration_since(newest)));
        let mut all = vec![series("IteratorAge", "Milliseconds", age)];
        let latency = self.commit_latency;
        all.extend(latency.map(|latency| series("CommitLatency", "Milliseconds", latency)));
        for (name, count) in [
            ("BatchesRetried", self.batches_retried),
            ("RecordsCommittedBefore", self.records_committed_before),
        ] {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a sandbox has far fewer than 2^52 records"
            )]
            if count > 0 {
                all.push(series(name, "Count", Statistics::of(count as f64)));
            }
        }
        all
    }
}

/// 0 where a clock went back.
fn milliseconds(duration: SignedDuration) -> f64 {
    let duration = Duration::try_from(duration).unwrap_or_default();
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(number: &str) -> Record<'_> {
        Record {
            sequence_number: number.into(),
            partition_key: "k".into(),
            arrived_at: at(0),
            usage_at: at(0),
            region: "eu-west-1".into(),
            data: "".into(),
            action: crate::event::RecordAction::default(),
        }
    }

    /// Name, sum and largest value.
    fn values(self_metrics: &SelfMetrics) -> Vec<(String, String)> {
        let series = self_metrics.series("picket-dev", 7, at(0), at(90));
        assert!(series.iter().all(|series| series.minute == 7));
        let values = |series: &SeriesMinute| {
            let Statistics {
                count, sum, max, ..
            } = series.aggregate.statistics();
            (series.key.name.clone(), format!("{count} {sum} {max}"))
        };
        series.iter().map(values).collect()
    }

    #[test]
    fn a_chain_without_retries_reports_the_age_of_its_batch_and_no_more() {
        let age = [("IteratorAge".to_owned(), "1 90000 90000".to_owned())];
        assert_eq!(values(&SelfMetrics::default()), age);
        // A clock that went back is no negative age.
        let series = SelfMetrics::default().series("s", 7, at(9), at(0));
        assert!(series[0].aggregate.statistics().max.abs() < f64::EPSILON);
    }

    #[test]
    fn a_retry_is_recognised_by_committed_records_or_by_having_been_returned() {
        let mark = Position::new("2", 0).unwrap();
        let mut self_metrics = SelfMetrics::default();
        self_metrics.begin(&[record("3"), record("4")], &mark);
        assert_eq!(
            self_metrics,
            SelfMetrics::default(),
            "new records are no retry"
        );
        self_metrics.begin(&[record("1"), record("2"), record("3")], &mark);
        self_metrics.give_back();
        self_metrics.begin(&[record("3")], &mark);
        self_metrics.begin(&[record("3")], &mark);
        let values = values(&self_metrics);
        assert_eq!(values[1], ("BatchesRetried".to_owned(), "1 2 2".to_owned()));
        assert_eq!(
            values[2],
            ("RecordsCommittedBefore".to_owned(), "1 2 2".to_owned())
        );
    }

    #[test]
    fn a_commit_carries_each_count_once_and_its_duration_comes_with_the_next() {
        let mut self_metrics = SelfMetrics {
            batches_retried: 3,
            ..SelfMetrics::default()
        };
        // Lost or rejected: nothing was committed.
        self_metrics.commit(SignedDuration::from_millis(900), false);
        self_metrics.commit(SignedDuration::from_millis(100), false);
        assert_eq!(
            values(&self_metrics)[1],
            ("CommitLatency".to_owned(), "2 1000 900".to_owned())
        );
        assert_eq!(values(&self_metrics)[2].0, "BatchesRetried");
        self_metrics.commit(SignedDuration::from_millis(12), true);
        assert_eq!(
            values(&self_metrics)[1..],
            [("CommitLatency".to_owned(), "1 12 12".to_owned())]
        );
    }
}
