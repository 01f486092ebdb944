//! One fault at a time, and what it may cost.

use super::*;

#[test]
fn without_trouble_everything_is_published_once_and_nothing_is_ambiguous() {
    let world = World::new(7);
    for _ in 0..10 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
    }
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!(world.sent_twice(), 0);
    assert_eq!(world.ambiguous(), 0);
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn a_chain_that_died_of_age_begins_again_and_is_read_from_its_start() {
    let world = World::new(8);
    world.commit_some();
    grow_old(&world);
    for _ in 0..3 {
        world.die_of_age();
        drain(&world);
        world.commit_some();
        world.commit_some();
        grow_old(&world);
    }
    prometheus::assert_exact(&world);
    world.assert_ledger_exact();
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn a_lost_answer_is_sent_again_and_counted() {
    let world = World::new(9);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        lost_after_put: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(error.contains("its answer was lost"), "{error}");
    drain(&world);
    assert!(world.sent_twice() > 0);
    assert!(world.ambiguous() >= world.sent_twice());
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn a_refused_request_is_sent_later_and_never_twice() {
    let world = World::new(10);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        throttled: 1_000,
        ..Trouble::default()
    });
    alone(&world).unwrap_err();
    drain(&world);
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
}

#[test]
fn of_a_round_that_is_refused_half_way_the_rest_alone_is_sent_again() {
    let world = World::new(16);
    world.commit_some();
    world.commit_some();
    world.pass(300_000);
    world.set_quota(1);
    alone(&world).unwrap_err();
    world.set_quota(u64::MAX);
    // New slices of the same series must not be taken for what was accepted.
    world.commit_some();
    drain(&world);
    assert_once(&world);
}

/// Each slice's own metric and the one that all have, exactly once.
fn assert_once(world: &World) {
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
    assert_eq!(world.events(), world.slices());
}

#[test]
fn a_throttle_that_lasts_sends_nothing_twice() {
    for quota in [1, 2, 3] {
        let world = World::new(4 + quota);
        for _ in 0..10 {
            world.commit_some();
            world.pass(60_000);
            world.set_quota(quota);
            let _ = alone(&world);
        }
        world.set_quota(u64::MAX);
        drain(&world);
        assert_once(&world);
    }
}

#[test]
fn a_round_that_runs_out_of_time_between_two_requests_is_finished_by_the_next_tick() {
    let world = World::new(20);
    world.commit_some();
    world.commit_some();
    world.pass(300_000);
    // Each request takes most of what a tick has.
    world.set_put_time(45_000);
    let summary = alone(&world).unwrap();
    assert_eq!((summary.requests, summary.published_slices), (1, 0));
    assert!(world.own("CursorAge CloudWatch").unwrap() > 300.0);
    world.set_put_time(0);
    drain(&world);
    assert_once(&world);
}

#[test]
fn where_what_was_accepted_cannot_be_stored_all_is_sent_again_and_counted() {
    let world = World::new(21);
    world.commit_some();
    world.pass(300_000);
    world.set_quota(1);
    world.set_trouble(Trouble {
        blobs: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(
        error.contains("was not stored, and all are sent again and counted"),
        "{error}"
    );
    world.set_quota(u64::MAX);
    drain(&world);
    assert_eq!(world.never_sent(), 0);
    assert!(world.sent_twice() > 0 && world.ambiguous() >= world.sent_twice());
}

#[test]
fn a_datum_that_cloudwatch_calls_illegal_is_quarantined_alone_and_counted() {
    let world = World::new(11);
    world.commit_some();
    world.commit_illegal();
    world.pass(300_000);
    let summary = alone(&world).unwrap();
    assert_eq!(summary.dropped, 1);
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
    assert_eq!(world.own("DatumsDropped"), Some(1.0));
    assert_eq!(world.own("DatumsDropped Refused"), Some(1.0));
    let quarantine = world.quarantine();
    assert_eq!(quarantine.len(), 1);
    let body = quarantine.values().next().unwrap();
    assert!(
        body.contains(r#""MetricName":"Illegal""#) && body.contains(r#""reason":"illegal""#),
        "{body}"
    );
}

#[test]
fn a_bucket_that_cannot_be_reached_is_named_and_holds_up_no_other_datum() {
    let world = World::new(17);
    world.commit_some();
    world.commit_illegal();
    world.pass(300_000);
    world.set_trouble(Trouble {
        bucket: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(
        error.contains("1 part(s)") && error.contains("in this function's log alone"),
        "{error}"
    );
    drain(&world);
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
}

#[test]
fn a_refused_datum_that_is_sent_again_is_quarantined_once() {
    let world = World::new(18);
    world.commit_some();
    world.commit_illegal();
    world.pass(300_000);
    world.set_trouble(Trouble {
        lost_after_put: 1_000,
        ..Trouble::default()
    });
    alone(&world).unwrap_err();
    drain(&world);
    assert_eq!(world.quarantine().len(), 1);
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn a_heartbeat_that_fails_stops_nothing_and_is_named() {
    let world = World::new(12);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        heartbeat: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(
        error.contains("1 part(s)") && error.contains("the heartbeat was not sent"),
        "{error}"
    );
    world.assert_ledger_exact();
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn every_failed_part_is_named_and_the_heartbeat_goes_out_all_the_same() {
    let world = World::new(13);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        conflict: 1_000,
        throttled: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    for part in [
        "was not folded",
        "was not published",
        "own metrics were not all sent",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(world.heartbeats(), 1);
}

#[test]
fn without_time_nothing_is_begun_and_nothing_is_lost() {
    let world = World::new(14);
    world.commit_some();
    world.pass(300_000);
    let handler = Handler::new(config(), world.clone(), world.clone());
    let soon = Deadline::from_context(world.now_ms().cast_unsigned() + 5_000);
    let tight = Box::pin(async move { handler.handle(TICK, soon).await });
    let summary = interleave(&world, vec![tight], 0).remove(0).unwrap();
    assert_eq!((summary.folded_slices, summary.published_slices), (0, 0));
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
}

#[test]
fn the_line_says_how_old_its_heartbeat_and_its_cursors_are() {
    let world = World::new(15);
    world.commit_heartbeat();
    world.pass(300_000);
    alone(&world).unwrap();
    let age = world.own("HeartbeatAge").unwrap();
    assert!((300.0..=420.0).contains(&age), "{age}");
    assert_eq!(world.own("CursorAge CloudWatch"), Some(0.0));
    assert_eq!(world.own("PublishAmbiguous"), Some(0.0));
}
