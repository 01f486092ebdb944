use std::collections::BTreeMap;

use super::*;
use crate::{
    ports::{Page, TablePage},
    testing::{Behaviour, Fake, FixedClock, active, key},
};

const LONG: Duration = Duration::from_secs(38);

/// Per probe: the numbers of its metrics, and the reason of its failure.
type Found = BTreeMap<String, (Vec<Option<f64>>, Option<Reason>)>;

fn find(fake: &Fake, most: Duration) -> Found {
    let active = active();
    let probes: Vec<_> = active.iter().collect();
    let clock = FixedClock::at("2026-11-20T06:05:00Z");
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(run_all(fake, &clock, &probes, most))
        .into_iter()
        .map(|(active, outcome)| {
            let metrics = active.probe.metrics.iter();
            let numbers = metrics.map(|metric| outcome.number(metric)).collect();
            (
                active.id.clone(),
                (numbers, outcome.failure.map(|failure| failure.reason)),
            )
        })
        .collect()
}

#[test]
fn what_answers_gives_its_numbers() {
    let found = find(&Fake::default(), LONG);
    assert_eq!(found["shop/front"], (vec![Some(100.0), Some(0.0)], None));
    assert_eq!(found["shop/baskets"], (vec![Some(2.0), Some(3.3)], None));
    assert_eq!(found["shop/orders"], (vec![Some(7.0), Some(2.0)], None));
}

#[test]
fn one_that_hangs_takes_nothing_from_the_others() {
    let fake = Fake {
        table: Behaviour::Hangs,
        ..Fake::default()
    };
    let found = find(&fake, LONG);
    assert_eq!(
        found["shop/baskets"],
        (vec![None, None], Some(Reason::Timeout))
    );
    assert_eq!(found["shop/front"].1, None);
    assert_eq!(found["shop/orders"], (vec![Some(7.0), Some(2.0)], None));
}

#[tokio::test]
async fn all_hang_side_by_side_and_each_ends_at_its_own_time() {
    let fake = Fake {
        pages: BTreeMap::from([("https://shop.example.com/".to_owned(), Behaviour::Hangs)]),
        table: Behaviour::Hangs,
        rows: Behaviour::Hangs,
        ..Fake::default()
    };
    let active = active();
    let probes: Vec<_> = active.iter().collect();
    let clock = FixedClock::at("2026-11-20T06:05:00Z");
    let mut asking = Box::pin(run_all(&fake, &clock, &probes, LONG));
    assert!(futures::poll!(&mut asking).is_pending());
    // Everybody is asked, and every wait has begun, before any of them is over.
    assert_eq!(fake.probed.lock().unwrap().len(), 3);
    assert_eq!(
        *clock.waits.lock().unwrap(),
        [10, 5, 5].map(Duration::from_secs)
    );
    for (active, outcome) in asking.await {
        let reason = outcome.failure.as_ref().map(|failure| failure.reason);
        assert_eq!(reason, Some(Reason::Timeout), "{}", active.id);
        // Nobody answered: available it was not, and everything else is missing.
        for metric in &active.probe.metrics {
            let availability = metric.name.as_str() == "Availability";
            assert_eq!(
                outcome.number(metric),
                availability.then_some(0.0),
                "{metric:?}"
            );
        }
    }
}

#[test]
fn an_invocation_that_ends_early_is_not_the_other_sides_failure() {
    let fake = Fake {
        pages: BTreeMap::from([("https://shop.example.com/".to_owned(), Behaviour::Hangs)]),
        ..Fake::default()
    };
    let found = find(&fake, Duration::from_secs(2));
    assert_eq!(found["shop/front"], (vec![None, None], Some(Reason::Setup)));
}

#[test]
fn a_failure_is_missing_numbers_and_says_why() {
    for (reason, availability) in [
        (Reason::Unreachable, Some(0.0)),
        (Reason::Certificate, Some(0.0)),
        (Reason::Unavailable, Some(0.0)),
        (Reason::Refused, None),
        (Reason::Setup, None),
    ] {
        let fake = Fake {
            pages: BTreeMap::from([(
                "https://shop.example.com/".to_owned(),
                Behaviour::Fails(reason),
            )]),
            table: Behaviour::Fails(reason),
            rows: Behaviour::Fails(reason),
            ..Fake::default()
        };
        let found = find(&fake, LONG);
        assert_eq!(
            found["shop/front"],
            (vec![availability, None], Some(reason))
        );
        assert_eq!(found["shop/baskets"], (vec![None, None], Some(reason)));
        assert_eq!(found["shop/orders"], (vec![None, None], Some(reason)));
    }
}

#[test]
fn a_null_is_missing_and_said_while_the_other_columns_count() {
    let rows = |rows| Fake {
        rows: Behaviour::Answers(rows),
        ..Fake::default()
    };
    let null = vec![("open".to_owned(), None), ("late".to_owned(), Some(2.0))];
    let found = find(&rows(vec![null.clone()]), LONG);
    assert_eq!(
        found["shop/orders"],
        (vec![None, Some(2.0)], Some(Reason::Answer))
    );
    for count in [0, 2] {
        let found = find(&rows(vec![null.clone(); count]), LONG);
        assert_eq!(
            found["shop/orders"],
            (vec![None, None], Some(Reason::Answer)),
            "{count} rows"
        );
    }
    let more = vec![
        ("open".to_owned(), Some(f64::NAN)),
        ("other".to_owned(), Some(1.0)),
    ];
    let found = find(&rows(vec![more]), LONG);
    assert_eq!(
        found["shop/orders"],
        (vec![None, None], Some(Reason::Answer))
    );
}

#[test]
fn a_redirect_is_followed_hop_by_hop() {
    let page = |status, location: Option<&str>| {
        Behaviour::Answers(Page {
            status,
            location: location.map(str::to_owned),
            ..Page::default()
        })
    };
    let fake = Fake {
        pages: BTreeMap::from([
            (
                "https://shop.example.com/".to_owned(),
                page(301, Some("/en")),
            ),
            ("https://shop.example.com/en".to_owned(), page(200, None)),
        ]),
        ..Fake::default()
    };
    assert_eq!(find(&fake, LONG)["shop/front"].1, None);
    let around = Fake {
        pages: BTreeMap::from([("https://shop.example.com/".to_owned(), page(301, Some("/")))]),
        ..Fake::default()
    };
    assert_eq!(find(&around, LONG)["shop/front"].1, Some(Reason::Redirect));
    let fetched = around.probed.lock().unwrap();
    assert_eq!(
        fetched
            .iter()
            .filter(|asked| asked.starts_with("https:"))
            .count(),
        6
    );
}

#[test]
fn a_tables_pages_add_up_and_too_many_are_no_number() {
    let page = |number: usize, last: bool| TablePage {
        count: 10,
        numbers: vec!["0.1".parse().unwrap(); 10],
        next: (!last).then(|| key(number + 1)),
    };
    let pages = |count: usize| Fake {
        table: Behaviour::Answers(
            (0..count)
                .map(|number| page(number, number + 1 == count))
                .collect(),
        ),
        ..Fake::default()
    };
    assert_eq!(
        find(&pages(3), LONG)["shop/baskets"],
        (vec![Some(30.0), Some(3.0)], None)
    );
    let fake = pages(4);
    assert_eq!(
        find(&fake, LONG)["shop/baskets"],
        (vec![None, None], Some(Reason::Answer))
    );
    let probed = fake.probed.lock().unwrap();
    let read: Vec<_> = probed
        .iter()
        .filter(|probe| probe.contains("baskets-table"))
        .collect();
    assert_eq!(
        read,
        [
            "page 0 of baskets-table",
            "page 1 of baskets-table",
            "page 2 of baskets-table"
        ]
    );
}

#[test]
fn a_sum_past_28_digits_is_no_number() {
    let page = TablePage {
        count: 2,
        numbers: vec![rust_decimal::Decimal::MAX; 2],
        next: None,
    };
    let fake = Fake {
        table: Behaviour::Answers(vec![page]),
        ..Fake::default()
    };
    assert_eq!(
        find(&fake, LONG)["shop/baskets"],
        (vec![None, None], Some(Reason::Answer))
    );
}
