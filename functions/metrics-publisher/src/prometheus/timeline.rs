//! Slices of all chains → steps in time, each of which becomes at most one sample a series.

use jiff::{SignedDuration, Timestamp};
use picket_shared::chain::Slice;

/// The maximum age of a sample: receivers accept samples of the last hour, some of the last half hour.
const OLDEST: SignedDuration = SignedDuration::from_mins(25);

/// The slices of one minute, and the time of their samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// The time of the samples, in milliseconds since 1970.
    pub at: i64,
    /// The slices, in the order of their commits.
    pub slices: Vec<&'a Slice>,
}

/// Creates the steps of slices at `now`, after samples of the time `last` (milliseconds since 1970).
///
/// The time of a step is the commit time of its last slice, so that a backlog appears where it happened; but always
/// after earlier steps, since samples of a series must be in order, never older than receivers accept, and never in the
/// future.
pub fn steps<'a>(
    slices: impl IntoIterator<Item = &'a Slice>,
    now: Timestamp,
    last: i64,
) -> Vec<Step<'a>> {
    let oldest = now.saturating_sub(OLDEST).unwrap_or(Timestamp::MIN);
    let time = |slice: &Slice| slice.committed_at.clamp(oldest, now);
    let mut slices: Vec<&Slice> = slices.into_iter().collect();
    slices.sort_by_key(|slice| slice.committed_at);
    let minute = |slice: &&Slice| time(slice).as_second().div_euclid(60);
    let mut last = last;
    slices
        .chunk_by(|a, b| minute(a) == minute(b))
        .map(|slices| {
            let newest = slices.last().map_or(now, |slice| time(slice));
            last = newest.as_millisecond().max(last.saturating_add(1));
            Step {
                at: last,
                slices: slices.to_vec(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use picket_shared::{
        chain::{Body, ChainId},
        position::Position,
    };
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn slice(committed_at: i64) -> Slice {
        Slice {
            chain: ChainId::new("events", "shard").unwrap(),
            before: Position::start(),
            first: Position::start(),
            after: Position::start(),
            committed_at: Timestamp::from_second(committed_at).unwrap(),
            body: Body::default(),
        }
    }

    fn stamps(committed: &[i64], last: i64) -> Vec<(i64, usize)> {
        let slices: Vec<Slice> = committed.iter().map(|at| slice(*at)).collect();
        let now = Timestamp::from_second(NOW).unwrap();
        steps(&slices, now, last)
            .iter()
            .map(|step| (step.at - NOW * 1_000, step.slices.len()))
            .collect()
    }

    #[test]
    fn a_minute_is_a_step_and_stands_where_it_was_committed() {
        // 1 700 000 000 is 20 seconds past a minute.
        assert_eq!(
            stamps(&[NOW - 90, NOW - 81, NOW - 15, NOW - 5], 0),
            [(-81_000, 2), (-5_000, 2)]
        );
    }

    #[test]
    fn hours_ago_is_one_step_no_older_than_receivers_take() {
        assert_eq!(
            stamps(&[NOW - 9_000, NOW - 7_000, NOW - 10], 0),
            [(-1_500_000, 2), (-10_000, 1)]
        );
    }

    #[test]
    fn a_step_is_after_what_was_sent_and_never_ahead() {
        assert_eq!(stamps(&[NOW - 100], NOW * 1_000 - 3), [(-2, 1)]);
        assert_eq!(stamps(&[NOW + 500], 0), [(0, 1)]);
    }

    proptest! {
        #[test]
        fn stamps_ascend_and_no_slice_is_lost(committed in prop::collection::vec(NOW - 10_000..NOW + 100, 0..50), last in (NOW - 10_000) * 1_000..NOW * 1_000) {
            let steps = stamps(&committed, last);
            prop_assert!(steps.is_sorted_by(|a, b| a.0 < b.0));
            prop_assert!(steps.iter().all(|(at, _)| at + NOW * 1_000 > last));
            prop_assert_eq!(steps.iter().map(|(_, slices)| slices).sum::<usize>(), committed.len());
        }
    }
}
