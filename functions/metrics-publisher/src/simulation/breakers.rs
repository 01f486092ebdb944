//! Receivers that are down for long: they are left alone every second tick, and have everything once in the end.

use super::*;

const RESET: &[u8] = br#"{"picket":{"kind":"tick","version":1},"reset_circuit_breakers":true}"#;

type Process = Arc<Handler<World, World>>;

fn process(world: &World) -> Process {
    Arc::new(Handler::new(config(), world.clone(), world.clone()))
}

/// The tick of the next minute: `S` where it succeeded, `.` where CloudWatch was left alone, `F` where it failed
/// otherwise.
fn minute(world: &World, process: &Process) -> char {
    world.commit_some();
    world.pass(60_000 - world.now_ms().rem_euclid(60_000));
    let result = interleave(world, vec![tick_of(world, process)], 0).remove(0);
    match result {
        Ok(_) => 'S',
        Err(error) if error.to_string().contains("circuit breaker is open") => '.',
        Err(_) => 'F',
    }
}

fn minutes(world: &World, process: &Process, count: usize) -> String {
    (0..count).map(|_| minute(world, process)).collect()
}

fn assert_all_once(world: &World) {
    drain(world);
    world.assert_ledger_exact();
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
    assert_eq!(world.events(), world.slices());
    prometheus::assert_exact(world);
}

#[test]
fn a_cloudwatch_that_refuses_is_tried_every_second_tick_and_misses_nothing() {
    let world = World::new(40);
    let process = process(&world);
    assert_eq!(minutes(&world, &process, 3), "SSS");
    world.set_trouble(Trouble {
        throttled: 1_000,
        ..Trouble::default()
    });
    // Three failures, then a pause before each trial.
    assert_eq!(minutes(&world, &process, 8), "FFF.F.F.");
    let age = world.true_age(picket_aws::ledger::Sink::CloudWatch);
    assert!(age > 300.0, "nothing was published: {age}");
    world.set_trouble(Trouble::default());
    assert_eq!(minutes(&world, &process, 3), "SSS");
    // One when it opened, and one of each trial that failed; published when CloudWatch was there again.
    assert_eq!(world.own("CircuitBreakerTrips CloudWatch"), Some(3.0));
    assert!(world.own("CursorAge CloudWatch").unwrap() < 180.0);
    assert_all_once(&world);
}

#[test]
fn the_age_of_a_cursor_grows_while_its_sink_is_left_alone() {
    let world = World::new(41);
    let process = process(&world);
    minutes(&world, &process, 3);
    world.set_retry_after(Duration::ZERO);
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let mut ages = Vec::new();
    for _ in 0..4 {
        // A receiver that is down fails no tick.
        assert_eq!(minute(&world, &process), 'S');
        assert_eq!(world.own("SamplesFailed"), Some(1.0));
        ages.push(world.own("CursorAge Prometheus").unwrap());
    }
    // The head moves before samples are sent; in the fourth tick, which was skipped, it stayed.
    assert!(ages[3] > ages[2], "{ages:?}");
    assert_eq!(world.own("CircuitBreakerTrips Prometheus"), Some(1.0));
}

#[test]
fn a_prometheus_that_is_down_is_asked_every_second_tick_and_has_every_value_in_the_end() {
    let world = World::new(42);
    let process = process(&world);
    minutes(&world, &process, 2);
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let asked: Vec<bool> = (0..7)
        .map(|_| {
            let before = world.sample_requests();
            minute(&world, &process);
            world.sample_requests() > before
        })
        .collect();
    assert_eq!(asked, [true, true, true, false, true, false, true]);
    world.set_trouble(Trouble::default());
    minutes(&world, &process, 2);
    assert_eq!(world.out_of_order(), 0);
    assert_all_once(&world);
}

#[test]
fn an_operator_who_resets_the_breakers_waits_for_no_trial() {
    let world = World::new(43);
    let process = process(&world);
    minutes(&world, &process, 2);
    world.set_trouble(Trouble {
        throttled: 1_000,
        ..Trouble::default()
    });
    assert_eq!(minutes(&world, &process, 3), "FFF");
    world.set_trouble(Trouble::default());
    let tick = |body: &'static [u8]| {
        let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
        let process = Arc::clone(&process);
        let running: Running = Box::pin(async move { process.handle(body, deadline).await });
        interleave(&world, vec![running], 0).remove(0)
    };
    assert!(tick(TICK).is_err(), "it is still open");
    let summary = tick(RESET).unwrap();
    assert!(summary.published_slices > 0, "{summary:?}");
    assert_all_once(&world);
}

#[test]
fn a_new_process_begins_with_closed_breakers() {
    let world = World::new(44);
    let first = process(&world);
    minutes(&world, &first, 2);
    world.set_trouble(Trouble {
        throttled: 1_000,
        ..Trouble::default()
    });
    assert_eq!(minutes(&world, &first, 4), "FFF.");
    assert_eq!(minutes(&world, &process(&world), 1), "F", "it tries itself");
    assert_all_once(&world);
}
