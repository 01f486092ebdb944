use picket_shared::chain::{self, Body, ChainId, Quarantined};

use super::*;

const NOW: i64 = 1_795_155_245;

fn position(number: u64, sub: u32) -> Position {
    Position::new(&number.to_string(), sub).unwrap()
}

fn slice(before: (u64, u32), first: (u64, u32), after: (u64, u32)) -> Slice {
    Slice {
        chain: ChainId::new("events", "shard").unwrap(),
        before: position(before.0, before.1),
        first: position(first.0, first.1),
        after: position(after.0, after.1),
        committed_at: Timestamp::UNIX_EPOCH,
        body: Body::default(),
    }
}

fn entry(reason: Reason, at: Position) -> Entry {
    Entry {
        object: "records/a".into(),
        chain: ChainId::new("events", "shard").unwrap(),
        position: at,
        partition_key: "agent".into(),
        arrived_at: now(),
        data: Vec::new(),
        reason,
    }
}

fn quarantined(position: Position) -> Quarantined {
    Quarantined {
        position,
        reason: chain::QuarantineReason::new("empty"),
        object: "records/a".into(),
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn discarded() -> Entry {
    entry(
        Reason::Discarded("RecordAgeExceeded".into()),
        position(7, 0),
    )
}

#[test]
fn what_lambda_gave_up_is_open_from_the_first_event_that_no_slice_covers() {
    let end = u32::MAX;
    for (last, expected) in [
        (None, Some(0)),
        (Some(slice((1, 0), (2, 0), (6, 9))), Some(0)),
        (Some(slice((6, 9), (8, 0), (9, 0))), Some(0)),
        (Some(slice((6, 9), (7, 0), (7, 2))), Some(3)),
        (Some(slice((7, 2), (8, 0), (9, 0))), Some(3)),
        (Some(slice((7, 2), (7, 3), (9, 0))), None),
        (Some(slice((6, 9), (7, 0), (8, 0))), None),
        (Some(slice((6, 9), (7, 0), (7, end))), None),
        (Some(slice((5, 0), (7, end), (7, end))), Some(0)),
        (Some(slice((7, 2), (7, end), (7, end))), Some(3)),
        (Some(slice((5, 0), (9, end), (9, end))), Some(0)),
    ] {
        let status = discarded().replay_status(last.as_ref(), now());
        let from = match status {
            ReplayStatus::Open(origin) => Some(origin.position),
            ReplayStatus::Counted => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(from, expected.map(|sub| position(7, sub)), "{last:?}");
    }
}

#[test]
fn an_entry_of_ours_is_quarantined_only_where_a_commit_names_it() {
    let ours = entry(Reason::Unreadable("empty".into()), position(7, 1));
    let mut covering = slice((6, 0), (7, 0), (8, 0));
    assert_eq!(
        ours.replay_status(Some(&covering), now()),
        ReplayStatus::Counted
    );
    covering.body.quarantined.push(quarantined(position(7, 1)));
    let other = Entry {
        object: "records/b".into(),
        ..ours.clone()
    };
    assert_eq!(
        other.replay_status(Some(&covering), now()),
        ReplayStatus::Counted
    );
    assert!(matches!(
        ours.replay_status(Some(&covering), now()),
        ReplayStatus::Quarantined(_)
    ));
    let below = slice((1, 0), (2, 0), (6, 0));
    assert_eq!(
        ours.replay_status(Some(&below), now()),
        ReplayStatus::Uncommitted
    );
    assert_eq!(ours.replay_status(None, now()), ReplayStatus::Uncommitted);
}

#[test]
fn a_chain_does_not_remember_what_is_older_than_a_fortnight() {
    let later = now() + REMEMBERED;
    let ours = entry(Reason::Unreadable("empty".into()), position(7, 1));
    assert_eq!(ours.replay_status(None, later), ReplayStatus::Forgotten);
    assert_eq!(
        discarded().replay_status(None, later),
        ReplayStatus::Forgotten
    );
}

#[test]
fn a_copys_copy_counts_what_the_copy_would_have_and_when() {
    let arrived_at = Timestamp::from_second(NOW - 3_600).unwrap();
    for (extent, from) in [(Extent::Record, 4), (Extent::Event, 0)] {
        let original = Origin {
            chain: ChainId::new("events", "other").unwrap(),
            position: position(3, 4),
            arrived_at,
            extent,
        };
        let copy = |entry| Entry {
            partition_key: original.partition_key().unwrap(),
            ..entry
        };
        let ReplayStatus::Open(origin) = copy(discarded()).replay_status(None, now()) else {
            panic!("open: no slice covers it");
        };
        let expected = Origin {
            chain: ChainId::new("events", "shard").unwrap(),
            position: position(7, from),
            arrived_at,
            extent: Extent::Record,
        };
        assert_eq!(origin, expected);
        // An event of the copy that still cannot be read keeps its own place: two of them are two.
        let mut covering = slice((6, 0), (7, 0), (8, 0));
        covering.body.quarantined.push(quarantined(position(7, 1)));
        let ours = copy(entry(Reason::Unreadable("empty".into()), position(7, 1)));
        let expected = Origin {
            position: position(7, 1),
            extent: Extent::Event,
            ..expected
        };
        assert_eq!(
            ours.replay_status(Some(&covering), now()),
            ReplayStatus::Quarantined(expected)
        );
    }
}
