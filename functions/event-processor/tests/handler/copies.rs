//! Of the copies of a record that was put back, one counts.

use event_processor::quarantine::{entry, replay_status::ReplayStatus};
use picket_shared::{
    chain::{ChainId, Slice},
    replay::{Extent, Origin, RecordRef},
};

use super::*;
use crate::support::aggregate;

fn origin(sub: u32) -> Origin {
    Origin {
        chain: ChainId::new("events", "shardId-000000000009").unwrap(),
        position: Position::new("70", sub).unwrap(),
        arrived_at: jiff::Timestamp::from_millisecond(ARRIVED - 3_600_000).unwrap(),
        extent: Extent::Record,
    }
}

fn copy(number: u64, origin: &Origin, payload: impl Into<Vec<u8>>) -> Sent {
    Sent {
        partition_key: origin.partition_key().unwrap(),
        ..record(number, payload)
    }
}

/// Sum and minute of a metric, slice by slice.
fn metric(fakes: &Fakes, name: &str) -> Vec<(f64, i64)> {
    let state = fakes.state();
    let series = state.items.values().flat_map(|slice| &slice.body.series);
    let named = series.filter(|series| series.key.name == name);
    named
        .map(|series| (series.aggregate.statistics().sum, series.minute))
        .collect()
}

#[tokio::test]
async fn of_two_copies_the_first_counts_where_its_original_arrived() {
    let (handler, fakes) = handler();
    let copies = event(&[
        copy(1, &origin(0), "ERROR out of slots"),
        copy(2, &origin(0), "ERROR out of slots"),
        record(3, "hello"),
    ]);
    assert_eq!(answer(&handler, &copies).await, SUCCESS);
    let late = event(&[copy(4, &origin(0), "ERROR out of slots")]);
    assert_eq!(answer(&handler, &late).await, SUCCESS);
    let minute = ARRIVED / 60_000;
    assert_eq!(metric(&fakes, "ErrorLines"), [(1.0, minute - 60)]);
    assert_eq!(
        metric(&fakes, "RecordCopiesDropped"),
        [(1.0, minute), (1.0, minute)]
    );
    assert_eq!(fakes.state().claims.len(), 1);
}

#[tokio::test]
async fn a_retry_of_the_copy_that_claimed_counts_it() {
    let (_, fakes) = handler();
    let place = RecordRef {
        chain: ChainId::new("events", "shardId-000000000000").unwrap(),
        record: Position::new("5", 0).unwrap(),
    };
    // The process died between claim and commit.
    fakes
        .state()
        .claims
        .insert((origin(0).chain, origin(0).position), place);
    let cold = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    let batch = event(&[copy(4, &origin(0), "ERROR"), copy(5, &origin(0), "ERROR")]);
    assert_eq!(answer(&cold, &batch).await, SUCCESS);
    assert_eq!(metric(&fakes, "ErrorLines").len(), 1);
    assert_eq!(
        metric(&fakes, "RecordsRead"),
        [(1.0, ARRIVED / 60_000 - 60), (1.0, ARRIVED / 60_000)]
    );
}

#[tokio::test]
async fn a_copy_counts_from_the_first_event_that_its_original_did_not() {
    let (handler, fakes) = handler();
    let payload = aggregate(&[
        b"ERROR 1".to_vec(),
        b"ERROR 2".to_vec(),
        b"ERROR 3".to_vec(),
    ]);
    assert_eq!(
        answer(&handler, &event(&[copy(1, &origin(1), payload)])).await,
        SUCCESS
    );
    assert_eq!(metric(&fakes, "ErrorLines"), [(2.0, ARRIVED / 60_000 - 60)]);
    let state = fakes.state();
    let slice = state.items.values().next().unwrap();
    assert_eq!(slice.first, Position::new("1", 1).unwrap());
}

/// Takes the bad event's tokens from this field: a rule is mended by naming another.
fn core(field: &str) -> RuleSet {
    let rules = format!(
        "Workload: w\nRules: []\nUsage:\n  FilterPattern: '{{ $.request_id = * }}'\n  EventId: $.request_id\n  Model: $.model_id\n  InputTokens: $.{field}\n"
    );
    let rules = picket_rules::metrics::parse("m.yaml", &rules).unwrap();
    let prices = picket_rules::prices::built_in().clone();
    RuleSet::new(vec![rules], prices, "dev", "picket-dev")
}

/// Input tokens of all slices.
fn tokens(fakes: &Fakes) -> u64 {
    let state = fakes.state();
    let usage = state.items.values().flat_map(|slice| &slice.body.usage);
    usage.map(|row| row.usage.tokens.input).sum()
}

/// The day of a request without a time of its own is that on which its original arrived, as long as the ledger accepts
/// it; its minute only as long as CloudWatch does.
#[tokio::test]
async fn a_copy_counts_on_its_originals_day_for_three_weeks_and_in_its_minute_for_two() {
    const DAY: i64 = 86_400_000;
    for (days, minute_is_its, day_is_its) in [
        (1, true, true),
        (13, true, true),
        (15, false, true),
        (20, false, true),
        (22, false, false),
    ] {
        let (_, fakes) = handler();
        let handler = Handler::new(core("tokens"), fakes.clone());
        let arrived = ARRIVED - days * DAY;
        let origin = Origin {
            arrived_at: jiff::Timestamp::from_millisecond(arrived).unwrap(),
            ..origin(0)
        };
        let request = r#"{"request_id":"r","model_id":"m","tokens":7}"#;
        let batch = event(&[copy(1, &origin, request)]);
        assert_eq!(answer(&handler, &batch).await, SUCCESS);
        let date = |at| jiff::Timestamp::from_millisecond(at).unwrap();
        let date = |at| date(at).to_zoned(jiff::tz::TimeZone::UTC).date();
        let of = |is_its| if is_its { arrived } else { ARRIVED };
        let days_of_rows: Vec<_> = {
            let state = fakes.state();
            let usage = state.items.values().flat_map(|slice| &slice.body.usage);
            usage.map(|row| row.key.date).collect()
        };
        assert_eq!(days_of_rows, [date(of(day_is_its))], "{days} days");
        let minute = of(minute_is_its) / 60_000;
        assert_eq!(
            metric(&fakes, "RecordsRead"),
            [(1.0, minute)],
            "{days} days"
        );
    }
}

/// An event of an aggregate that could not be read is put back as `picket quarantine replay --mended` does: its payload
/// alone, under its own key.
#[tokio::test]
async fn an_event_that_was_set_apart_counts_once_wherever_it_stood_in_its_record() {
    let event_of = |id: usize, tokens: &str, mended: u64| {
        format!(r#"{{"request_id":"r{id}","model_id":"m","tokens":{tokens},"mended":{mended}}}"#)
            .into_bytes()
    };
    for places in [vec![0], vec![1], vec![2], vec![1, 2], vec![0, 1, 2]] {
        let fakes = Fakes::default();
        let handler = Handler::new(core("tokens"), fakes.clone());
        let parts: Vec<_> = (0..3)
            .map(|place| {
                let is_bad = places.contains(&place);
                event_of(place, if is_bad { r#""12 tokens""# } else { "5" }, 12)
            })
            .collect();
        let original = event(&[record(7, aggregate(&parts))]);
        assert_eq!(answer(&handler, &original).await, SUCCESS);
        let good = 5 * (3 - places.len() as u64);
        assert_eq!(tokens(&fakes), good);
        let copies: Vec<Sent> = waiting_copies(&fakes).collect();
        assert_eq!(copies.len(), places.len());
        let mended = Handler::new(core("mended"), fakes.clone());
        // Put back twice, as after an answer that was lost.
        for first in [8, 20] {
            let numbered = copies.iter().zip(first..);
            let batch: Vec<Sent> = numbered
                .map(|(copy, number)| Sent {
                    sequence_number: number.to_string(),
                    ..copy.clone()
                })
                .collect();
            assert_eq!(answer(&mended, &event(&batch)).await, SUCCESS);
        }
        let expected = good + 12 * places.len() as u64;
        assert_eq!(tokens(&fakes), expected, "{places:?}");
        assert_eq!(fakes.state().claims.len(), places.len());
    }
}

/// A copy of each entry of the bucket that a commit names.
fn waiting_copies(fakes: &Fakes) -> impl Iterator<Item = Sent> {
    let state = fakes.state();
    let slice = state.items.values().next().unwrap();
    let now = jiff::Timestamp::from_millisecond(ARRIVED).unwrap();
    let objects = state.objects.iter();
    let waiting: Vec<_> = objects
        .flat_map(|(key, body)| entry::read(key, body.as_bytes()).unwrap())
        .collect();
    let copies = waiting.into_iter().map(|waiting| {
        let ReplayStatus::Quarantined(origin) = waiting.replay_status(Some(slice), now) else {
            panic!("a commit names it");
        };
        copy(0, &origin, waiting.data)
    });
    copies.collect::<Vec<_>>().into_iter()
}

#[tokio::test]
async fn what_is_counted_claims_nothing() {
    let (handler, fakes) = handler();
    let batch = event(&[copy(1, &origin(0), "ERROR"), record(2, "hello")]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    fakes.state().calls.clear();
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    assert!(!fakes.state().calls.contains(&"claim"));
}

#[tokio::test]
async fn a_batch_that_was_sealed_before_it_is_put_back_counts_nothing_any_more() {
    let (zombie, fakes) = handler();
    assert_eq!(answer(&zombie, &lines([1])).await, SUCCESS);
    let (chain, mark) = {
        let state = fakes.state();
        let slice = state.items.values().next().unwrap();
        (slice.chain.clone(), slice.after.clone())
    };
    let last = Position::new("3", 0).unwrap();
    let seal = Slice::seal(
        chain.clone(),
        mark.clone(),
        &last,
        jiff::Timestamp::UNIX_EPOCH,
    );
    fakes.state().items.insert((chain, mark), seal);
    // It has the old mark in mind, collides, and finds nothing left to do; what comes after the seal counts.
    assert_eq!(answer(&zombie, &lines(2..=4)).await, SUCCESS);
    let counted: f64 = metric(&fakes, "ErrorLines")
        .iter()
        .map(|(sum, _)| sum)
        .sum();
    assert!((counted - 2.0).abs() < f64::EPSILON, "{counted}");
}
