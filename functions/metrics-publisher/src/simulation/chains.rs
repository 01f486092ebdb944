//! Chains that lost something: to damage, or to age in no order.

use super::*;

#[test]
fn a_damaged_slice_is_kept_and_counted_and_everything_around_it_counts_once_in_each_sink() {
    let world = World::new(30);
    world.commit_some();
    world.commit_damaged();
    world.commit_some();
    world.pass(300_000);
    alone(&world).unwrap();
    assert_eq!(
        world.own("SlicesDamaged"),
        Some(1.0),
        "three sinks read it, and it is one"
    );
    let key = "slices/events/shard-1/0012.0000000000-0014.0000000000";
    assert_eq!(world.kept(), [key.to_owned()].into());
    drain(&world);
    assert_eq!(world.own("SlicesDamaged"), Some(0.0), "it is behind all");
    world.assert_ledger_exact();
    prometheus::assert_exact(&world);
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn a_damaged_slice_that_cannot_be_kept_is_waited_for_and_what_lies_before_it_counts() {
    let world = World::new(31);
    world.commit_some();
    world.commit_damaged();
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        bucket: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(error.contains("the bucket did not answer"), "{error}");
    assert_eq!(world.never_sent(), 1, "the one behind it");
    drain(&world);
    world.assert_ledger_exact();
    prometheus::assert_exact(&world);
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn a_chain_whose_newest_items_died_first_goes_on_below_the_cursors() {
    for swept in 1..=4 {
        let world = World::new(32);
        for _ in 0..4 {
            world.commit_some();
        }
        grow_old(&world);
        world.sweep_newest(swept);
        world.commit_some();
        world.commit_some();
        drain(&world);
        world.assert_ledger_exact();
        prometheus::assert_exact(&world);
        assert_eq!((world.never_sent(), world.sent_twice()), (0, 0), "{swept}");
        assert_eq!(world.own("ChainGaps"), Some(0.0));
    }
}
