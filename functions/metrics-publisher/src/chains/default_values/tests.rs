use picket_shared::{
    defaults::DefaultMinute,
    series::{Aggregate, SeriesKey, Statistics},
};

use super::*;

/// Noon of a day, in minutes since 1970.
const NOON: i64 = 28_333_440;
const SETTLE: SignedDuration = SignedDuration::from_mins(1);

/// So many seconds after noon.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOON * 60 + seconds).unwrap()
}

fn own() -> ChainId {
    chain_of("events").unwrap()
}

/// A slice's entry for `Errors`, whose default value is 1, in a minute after noon.
fn seen(minute: i64, matched: bool) -> DefaultMinute {
    DefaultMinute {
        series: SeriesMinute {
            key: SeriesKey {
                namespace: "Picket/Shop".into(),
                name: "Errors".into(),
                unit: "Count".into(),
                dimensions: vec![("Environment".into(), "dev".into())],
            },
            minute: NOON + minute,
            aggregate: Aggregate::Sum(Statistics::of(1.0)),
        },
        matched,
    }
}

fn slice_of(shard: &str, place: u64, defaults: &[DefaultMinute]) -> Slice {
    let after = Position::new(&place.to_string(), 0).unwrap();
    Slice {
        chain: ChainId::new("events", shard).unwrap(),
        before: Position::start(),
        first: after.clone(),
        after,
        committed_at: at(0),
        body: Body {
            defaults: defaults.to_vec(),
            ..Body::default()
        },
    }
}

fn begun() -> Progress {
    Progress::begin(Marks::new(), at(-1))
}

/// The minutes after noon that get a default value when all is read until so many seconds after noon.
fn closed(progress: &Progress, read_to: i64) -> (Progress, Vec<i64>) {
    let (closed, slice) = progress.close(at(read_to), SETTLE, &own(), at(read_to));
    let minutes = slice.iter().flat_map(|slice| &slice.body.series);
    let minutes = minutes.map(|series| series.minute - NOON).collect();
    match slice {
        Some(slice) => (closed.after(&slice), minutes),
        None => (closed, minutes),
    }
}

#[test]
fn a_minute_has_one_default_value_whatever_the_slices_and_shards_that_say_so() {
    const FIRST_UNMATCHED: &[(i64, bool)] = &[(0, false)];
    type Case<'a> = (&'a str, &'a [(&'a str, &'a [(i64, bool)])], &'a [i64]);
    let cases: [Case<'_>; 8] = [
        ("nothing came", &[], &[]),
        ("six slices of a shard", &[("a", FIRST_UNMATCHED); 6], &[0]),
        (
            "two shards",
            &[("a", &[(0, false)]), ("b", &[(0, false)])],
            &[0],
        ),
        (
            "one of six matched",
            &[
                ("a", &[(0, false)]),
                ("a", &[(0, true)]),
                ("a", &[(0, false)]),
            ],
            &[],
        ),
        (
            "the other shard matched",
            &[("a", &[(0, false)]), ("b", &[(0, true)])],
            &[],
        ),
        (
            "each minute is decided alone",
            &[("a", &[(0, false), (1, true), (2, false)])],
            &[0, 2],
        ),
        (
            "a minute before the beginning",
            &[("a", &[(-1, false), (0, false)])],
            &[0],
        ),
        (
            "a minute that is not settled",
            &[("a", &[(2, false), (3, false)])],
            &[2],
        ),
    ];
    for (what, slices, expected) in cases {
        let mut progress = begun();
        for (place, (shard, minutes)) in (1..).zip(slices) {
            let minutes: Vec<_> = minutes
                .iter()
                .map(|(minute, matched)| seen(*minute, *matched))
                .collect();
            progress.add(&slice_of(shard, place, &minutes));
            progress = Progress::decode(&progress.encode()).unwrap();
        }
        // The minute 2 ends at 180 s and is settled at 240 s.
        let (progress, minutes) = closed(&progress, 240);
        assert_eq!(minutes, expected, "{what}");
        assert_eq!(closed(&progress, 299).1, [0; 0], "{what}, again");
    }
}

#[test]
fn a_minute_is_decided_when_it_is_settled_and_not_before() {
    let mut progress = begun();
    progress.add(&slice_of("a", 1, &[seen(0, false)]));
    let (progress, minutes) = closed(&progress, 119);
    assert_eq!(minutes, [0; 0]);
    assert_eq!(closed(&progress, 120).1, [0]);
}

#[test]
fn what_comes_after_the_decision_changes_nothing() {
    for matched in [false, true] {
        for (first, expected) in [(false, vec![0]), (true, vec![])] {
            let mut progress = begun();
            progress.add(&slice_of("a", 1, &[seen(0, first)]));
            let (mut progress, minutes) = closed(&progress, 120);
            assert_eq!(minutes, expected);
            progress.add(&slice_of("a", 2, &[seen(0, matched)]));
            assert_eq!(closed(&progress, 600).1, [0; 0]);
        }
    }
}

#[test]
fn the_chain_goes_on_where_it_ended_and_a_foreign_slice_decides_its_minutes() {
    let mut progress = begun();
    progress.add(&slice_of("a", 1, &[seen(0, false), seen(1, false)]));
    let (_, other) = progress.close(at(120), SETTLE, &own(), at(121));
    let other = other.unwrap();
    assert_eq!(other.before, Position::start());
    assert_eq!(other.chain.to_string(), "events/defaults");
    // It would have decided both minutes, and another publisher decided the first.
    let mine = progress.close(at(180), SETTLE, &own(), at(181)).1.unwrap();
    assert_eq!(
        (mine.before, mine.body.series.len()),
        (other.before.clone(), 2)
    );
    let (_, next) = progress
        .after(&other)
        .close(at(180), SETTLE, &own(), at(241));
    let next = next.unwrap();
    assert_eq!(next.before, other.after);
    assert!(next.after > next.before);
    assert_eq!(next.body.series, [seen(1, false).series]);
}

#[test]
fn the_running_minute_is_decided_where_the_operator_says_so() {
    let mut progress = begun();
    progress.add(&slice_of("a", 1, &[seen(0, false)]));
    let settle = SignedDuration::from_secs(-60);
    let (_, slice) = progress.close(at(5), settle, &own(), at(5));
    assert_eq!(slice.unwrap().body.series, [seen(0, false).series]);
}
