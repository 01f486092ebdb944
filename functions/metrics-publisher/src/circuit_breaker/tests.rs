use picket_aws::ledger::Sink;
use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A tick a minute, the first at 60 s, each of which fails or succeeds after `took` seconds where it may run: `F`, `S`,
/// and `.` for a tick that was skipped.
fn ticks(outcomes: &str, took: i64) -> (String, u64) {
    let breakers = CircuitBreakers::default();
    let mut ran = String::new();
    for (number, outcome) in (1..).zip(outcomes.chars()) {
        if breakers.permits(Sink::CloudWatch, at(number * 60)) {
            let result = match outcome {
                'S' => Some(Outcome::Success),
                'F' => Some(Outcome::Failure),
                _ => None,
            };
            breakers.record(Sink::CloudWatch, result, at(number * 60 + took));
            ran.push(outcome);
        } else {
            ran.push('.');
        }
    }
    let trips = breakers.unpublished_trips();
    (ran, trips.get(&Sink::CloudWatch).copied().unwrap_or(0))
}

#[test]
fn three_failures_open_it_and_every_second_tick_is_a_trial() {
    for (outcomes, ran, trips) in [
        ("SSSS", "SSSS", 0),
        // Two failures are none too many, however often.
        ("FFSFFS", "FFSFFS", 0),
        // It opens at 181 s; the tick at 240 s is skipped, and the one at 300 s finds the sink well.
        ("FFFSSS", "FFF.SS", 1),
        ("FFFFFFFF", "FFF.F.F.", 3),
        ("FFFFFSSF", "FFF.F.SF", 2),
        // After a trial that succeeded, three failures are needed again.
        ("FFFFSFFFF", "FFF.SFFF.", 2),
        // A trial with nothing to send decides nothing: the next tick is a trial too.
        ("FFFF--F-F", "FFF.--F.F", 3),
        // Nothing to send is no success: it does not excuse the failures around it.
        ("F-F-F-", "F-F-F.", 1),
    ] {
        assert_eq!(ticks(outcomes, 1), (ran.to_owned(), trips), "{outcomes}");
    }
}

#[test]
fn it_is_half_open_after_sixty_seconds() {
    let open = CircuitBreaker::Open { since: at(100) };
    for (second, permits) in [(100, false), (159, false), (160, true), (9_999, true)] {
        assert_eq!(open.permits(at(second)), permits, "{second}");
    }
    assert!(open.permits(at(99)), "the clock went back");
}

#[test]
fn a_reset_closes_all_and_forgets_no_trip() {
    let breakers = CircuitBreakers::default();
    for _ in 0..3 {
        for sink in [Sink::CloudWatch, Sink::Prometheus] {
            breakers.record(sink, Some(Outcome::Failure), at(0));
        }
    }
    assert!(!breakers.permits(Sink::CloudWatch, at(1)));
    assert!(!breakers.permits(Sink::Prometheus, at(1)));
    breakers.reset();
    assert!(breakers.permits(Sink::CloudWatch, at(1)));
    assert!(breakers.permits(Sink::Prometheus, at(1)));
    // As new: a single failure does not open it.
    breakers.record(Sink::CloudWatch, Some(Outcome::Failure), at(1));
    assert!(breakers.permits(Sink::CloudWatch, at(2)));
    assert_eq!(breakers.unpublished_trips().len(), 2);
    breakers.trips_published();
    assert!(breakers.unpublished_trips().is_empty());
}

#[test]
fn one_sinks_breaker_is_not_anothers() {
    let breakers = CircuitBreakers::default();
    for _ in 0..3 {
        breakers.record(Sink::Prometheus, Some(Outcome::Failure), at(0));
    }
    assert!(!breakers.permits(Sink::Prometheus, at(1)));
    assert!(breakers.permits(Sink::CloudWatch, at(1)));
}

fn outcome() -> impl Strategy<Value = Option<Outcome>> {
    prop_oneof![
        1 => Just(Some(Outcome::Success)),
        3 => Just(Some(Outcome::Failure)),
        1 => Just(None),
    ]
}

proptest! {
    /// Whatever happens, a sink is not left alone for longer than a minute after its last failure, not left alone before
    /// three failures in a row, and each opening is one trip.
    #[test]
    fn a_sink_is_left_alone_for_a_minute_after_repeated_failures_alone(steps in prop::collection::vec((outcome(), 0..200_i64), 1..80)) {
        let breakers = CircuitBreakers::default();
        let (mut now, mut in_a_row, mut trips) = (0, 0, 0);
        let mut last_failure = None;
        for (outcome, pause) in steps {
            now += pause;
            let permits = breakers.permits(Sink::Prometheus, at(now));
            let since = last_failure.map(|failed| now - failed);
            prop_assert_eq!(!permits, in_a_row >= 3 && since.is_some_and(|since| since < 60), "{} {} {:?}", now, in_a_row, since);
            if !permits {
                continue;
            }
            breakers.record(Sink::Prometheus, outcome, at(now));
            match outcome {
                Some(Outcome::Success) => in_a_row = 0,
                Some(Outcome::Failure) => {
                    in_a_row += 1;
                    last_failure = Some(now);
                    trips += u64::from(in_a_row >= 3);
                }
                None => {}
            }
            prop_assert_eq!(breakers.unpublished_trips().get(&Sink::Prometheus).copied().unwrap_or(0), trips);
        }
    }
}
