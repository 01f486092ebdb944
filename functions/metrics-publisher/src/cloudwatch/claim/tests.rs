use picket_shared::{
    chain::{Body, ChainId},
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
};

use super::*;

const SETTLE: SignedDuration = SignedDuration::from_mins(1);

/// Noon of a day, in minutes since 1970.
const NOON: i64 = 28_333_440;

fn noon_and(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOON * 60 + seconds).unwrap()
}

fn position(place: u64) -> Position {
    Position::new(&place.to_string(), 0).unwrap()
}

/// A slice committed at noon, with a datapoint of the minute.
fn slice(place: u64, minute: i64) -> Slice {
    let key = SeriesKey {
        namespace: "Picket".into(),
        name: "Requests".into(),
        unit: "Count".into(),
        dimensions: vec![],
    };
    let series = SeriesMinute {
        key,
        minute,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    };
    Slice {
        chain: ChainId::new("events", "shard").unwrap(),
        before: position(place),
        first: position(place + 1),
        after: position(place + 1),
        committed_at: noon_and(0),
        body: Body {
            series: vec![series],
            ..Body::default()
        },
    }
}

fn next(cursor: Option<&Cursor>, slices: &[Slice], seconds: i64) -> Next {
    let now = noon_and(seconds);
    plan(
        cursor,
        slices,
        SETTLE,
        now,
        now + SignedDuration::from_secs(50),
    )
}

fn count(next: &Next) -> usize {
    match next {
        Next::Send(delivery) => delivery.slices,
        Next::Idle | Next::Held => 0,
    }
}

#[test]
fn a_minute_is_sent_once_it_ended_a_minute_ago_and_what_follows_it_waits() {
    let slices = [slice(0, NOON), slice(1, NOON + 1), slice(2, NOON)];
    for (seconds, expected) in [(0, 0), (119, 0), (120, 1), (179, 1), (180, 3)] {
        assert_eq!(
            count(&next(None, &slices, seconds)),
            expected,
            "{seconds} s"
        );
    }
}

#[test]
fn the_running_minute_is_sent_where_it_is_asked_for() {
    let now = noon_and(1);
    let slices = [slice(0, NOON), slice(1, NOON + 1)];
    let asked = SignedDuration::from_mins(-1);
    let next = plan(None, &slices, asked, now, now);
    assert_eq!(count(&next), 1);
}

#[test]
fn a_stamp_in_the_future_holds_a_chain_up_for_three_minutes_and_no_longer() {
    for minute in [NOON + 600, i64::MAX] {
        let slices = [slice(0, minute), slice(1, NOON)];
        assert_eq!(count(&next(None, &slices, 179)), 0);
        assert_eq!(count(&next(None, &slices, 180)), 2);
    }
}

#[test]
fn a_slice_without_datapoints_is_ready_at_once() {
    let mut empty = slice(0, NOON);
    empty.body.series.clear();
    assert_eq!(count(&next(None, &[empty], 0)), 1);
    assert_eq!(next(None, &[], 0), Next::Idle);
}

#[test]
fn a_living_claim_is_left_alone_and_a_dead_one_is_sent_again_and_counted() {
    let slices = [slice(0, NOON), slice(1, NOON), slice(2, NOON)];
    let Next::Send(first) = next(None, &slices[..2], 120) else {
        panic!("two slices are ready");
    };
    let claimed = first.claimed;
    assert_eq!(next(Some(&claimed), &slices, 169), Next::Held);
    let Next::Send(second) = next(Some(&claimed), &slices, 170) else {
        panic!("the claim is dead");
    };
    assert_eq!(
        (second.slices, second.again, second.claimed.ambiguous),
        (3, 2, 2)
    );
    assert_eq!(second.rest, None);
}

#[test]
fn a_claim_that_reaches_further_than_what_was_read_is_kept_for_the_rest() {
    let slices = [slice(0, NOON), slice(1, NOON)];
    let Next::Send(first) = next(None, &slices, 120) else {
        panic!("two slices are ready");
    };
    let Next::Send(second) = next(Some(&first.claimed), &slices[..1], 200) else {
        panic!("the claim is dead");
    };
    let after = second.ended(&SendOutcome::Sent, noon_and(201));
    assert_eq!((after.mark.clone(), after.ambiguous), (position(1), 1));
    let Next::Send(third) = next(Some(&after), &slices[1..], 201) else {
        panic!("the rest is there");
    };
    assert_eq!((third.again, third.claimed.ambiguous), (1, 2));
}

#[test]
fn a_cursor_goes_where_the_sending_ended() {
    let slices = [slice(0, NOON)];
    let Next::Send(delivery) = next(None, &slices, 120) else {
        panic!("a slice is ready");
    };
    let now = noon_and(121);
    assert_eq!(
        delivery.ended(&SendOutcome::Sent, now),
        Cursor::at(position(1))
    );
    assert_eq!(
        delivery.ended(&SendOutcome::Unsent, now),
        Cursor::at(Position::start())
    );
    let unknown = delivery.ended(&SendOutcome::Unknown, now);
    let Next::Send(again) = next(Some(&unknown), &slices, 121) else {
        panic!("its claim is dead at once");
    };
    assert_eq!(again.again, 1);
    let still = again.ended(&SendOutcome::Unsent, now);
    assert!(
        still.claim.is_some(),
        "what may have been sent stays claimed"
    );
}

/// A round of both slices, of which CloudWatch took what the state `a` lists.
fn partly(slices: &[Slice], certain: bool) -> Cursor {
    let Next::Send(first) = next(None, slices, 120) else {
        panic!("two slices are ready");
    };
    let accepted = vec!["a".into()];
    first.ended(&SendOutcome::Partly { accepted, certain }, noon_and(121))
}

#[test]
fn the_rest_of_a_round_of_which_a_part_was_accepted_goes_out_alone_and_is_not_ambiguous() {
    let slices = [slice(0, NOON), slice(1, NOON), slice(2, NOON)];
    let cursor = partly(&slices[..2], true);
    let Next::Send(second) = next(Some(&cursor), &slices, 200) else {
        panic!("the rest is there");
    };
    assert_eq!(
        (second.slices, second.again, second.accepted()),
        (2, 0, &["a".to_owned()][..])
    );
    let after = second.ended(&SendOutcome::Sent, noon_and(201));
    assert_eq!(after, Cursor::at(position(2)));
}

#[test]
fn who_dies_over_the_rest_leaves_it_ambiguous_and_what_was_accepted_known() {
    let slices = [slice(0, NOON), slice(1, NOON)];
    let Next::Send(second) = next(Some(&partly(&slices, true)), &slices, 200) else {
        panic!("the rest is there");
    };
    let Next::Send(third) = next(Some(&second.claimed), &slices, 300) else {
        panic!("the claim is dead");
    };
    assert_eq!((third.again, third.accepted()), (2, &["a".to_owned()][..]));
}

#[test]
fn what_was_accepted_stays_known_however_the_rest_ends() {
    let slices = [slice(0, NOON), slice(1, NOON)];
    let more = |certain| SendOutcome::Partly {
        accepted: vec!["b".into()],
        certain,
    };
    // How the first part ended, how the second; what is known then, and whether the rest is certainly unsent.
    let cases = [
        (true, SendOutcome::Unsent, "a", true),
        (true, SendOutcome::Unknown, "a", false),
        (true, more(true), "a b", true),
        (true, more(false), "a b", false),
        (false, SendOutcome::Unsent, "a", false),
        (false, more(true), "a b", false),
    ];
    for (first, second, accepted, certain) in cases {
        let Next::Send(delivery) = next(Some(&partly(&slices, first)), &slices, 200) else {
            panic!("the rest is there");
        };
        let claim = delivery.ended(&second, noon_and(201)).claim.unwrap();
        assert_eq!(
            (claim.accepted.join(" ").as_str(), claim.certain),
            (accepted, certain),
            "{first} {second:?}"
        );
        assert_eq!(claim.up_to, position(2));
    }
}

#[test]
fn a_part_that_was_read_keeps_the_rest_of_its_claim_as_it_was() {
    let slices = [slice(0, NOON), slice(1, NOON)];
    let Next::Send(second) = next(Some(&partly(&slices, true)), &slices[..1], 200) else {
        panic!("the rest is there");
    };
    let claim = second
        .ended(&SendOutcome::Sent, noon_and(201))
        .claim
        .unwrap();
    assert_eq!(
        (claim.accepted, claim.certain, claim.up_to),
        (vec!["a".to_owned()], true, position(2))
    );
}

#[test]
fn a_claim_whose_slices_are_gone_holds_nothing_up() {
    let slices = [slice(0, NOON), slice(1, NOON), slice(2, NOON)];
    let cursor = partly(&slices[..2], true);
    let Next::Send(next) = next(Some(&cursor), &slices[2..], 200) else {
        panic!("a slice is ready");
    };
    assert_eq!((next.slices, next.again, next.accepted().len()), (1, 0, 0));
}

/// Two slices may have datapoints of one series and minute: a list of one slice's says nothing of the other's.
#[test]
fn what_is_accepted_of_a_part_of_a_claim_is_not_listed_for_the_rest_of_it() {
    let slices = [slice(0, NOON), slice(1, NOON)];
    let Next::Send(first) = next(None, &slices, 120) else {
        panic!("two slices are ready");
    };
    // Its publisher dies, and the next one reads a slice less.
    let Next::Send(second) = next(Some(&first.claimed), &slices[..1], 300) else {
        panic!("the claim is dead");
    };
    let part = SendOutcome::Partly {
        accepted: vec!["a".into()],
        certain: true,
    };
    let claim = second.ended(&part, noon_and(301)).claim.unwrap();
    assert_eq!(
        (claim.accepted.len(), claim.certain, claim.up_to),
        (0, false, position(2))
    );
}
