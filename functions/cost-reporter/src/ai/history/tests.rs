use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use super::*;
use crate::ai::tests::{dollars, price, row};

const DAY: Date = date(2026, 11, 30);

/// A history of days up to [`DAY`]: how many days before it, and its millions of tokens at three dollars.
fn history(days: &[(i32, u64)]) -> History {
    let mut history = History::default();
    for (before, millions) in days {
        let day = days_before(DAY, *before);
        let rows = [row(day, "triage", "m", None, millions * 1_000_000)];
        history.add(DAY, day, &Breakdown::of(&rows, price));
    }
    history
}

#[test]
fn thirty_days_and_the_calendar_month_are_read() {
    for (day, first) in [
        (date(2026, 11, 30), date(2026, 11, 1)),
        (date(2026, 10, 31), date(2026, 10, 1)),
        (date(2026, 3, 1), date(2026, 1, 31)),
        (date(2024, 3, 1), date(2024, 2, 1)),
        (date(2026, 1, 1), date(2025, 12, 3)),
    ] {
        assert_eq!(first_day(day), first, "{day}");
    }
}

#[test]
fn the_first_of_a_long_month_is_in_the_month_and_not_in_the_thirty_days() {
    let last = date(2026, 10, 31);
    let mut history = History::default();
    for day in [date(2026, 10, 1), last] {
        let rows = [row(day, "a", "m", None, 1_000_000)];
        history.add(last, day, &Breakdown::of(&rows, price));
    }
    assert_eq!(history.month_of("a").dollars, dollars("6"));
    assert_eq!(history.agents()[0].cost_usd, Some(dollars("3")));
    let trend = history.trend(last);
    assert_eq!((trend.len(), trend[0].date), (30, date(2026, 10, 2)));
}

#[test]
fn five_agents_are_named_and_the_rest_is_one() {
    let rows: Vec<_> = (1..=8)
        .map(|number| {
            row(
                DAY,
                &format!("agent-{number}"),
                "m",
                None,
                number * 1_000_000,
            )
        })
        .collect();
    let mut history = History::default();
    history.add(DAY, DAY, &Breakdown::of(&rows, price));
    let agents = history.agents();
    let table: Vec<_> = agents
        .iter()
        .map(|share| {
            (
                share.agent.as_deref(),
                share.agents,
                share.cost_usd.unwrap().normalize().to_string(),
                share.percent.unwrap().to_string(),
            )
        })
        .collect();
    let text = str::to_owned;
    assert_eq!(
        table,
        [
            (Some("agent-8"), 1, text("24"), text("22.2")),
            (Some("agent-7"), 1, text("21"), text("19.4")),
            (Some("agent-6"), 1, text("18"), text("16.7")),
            (Some("agent-5"), 1, text("15"), text("13.9")),
            (Some("agent-4"), 1, text("12"), text("11.1")),
            (None, 3, text("18"), text("16.7")),
        ]
    );
}

#[test]
fn a_week_is_held_against_the_one_before() {
    let whole: Vec<(i32, u64)> = (0..30)
        .map(|day| (day, if day < 7 { 3 } else { 2 }))
        .collect();
    let week = history(&whole).week(DAY, true).unwrap();
    assert_eq!(week.cost_usd, dollars("63"));
    assert_eq!(week.previous_usd, dollars("42"));
    assert_eq!((week.percent, week.withheld), (Some(dollars("50.0")), None));
}

#[test]
fn growth_that_cannot_be_computed_is_withheld_with_the_reason() {
    let whole: Vec<(i32, u64)> = (0..30).map(|day| (day, 2)).collect();
    let withheld = |history: &History, is_over: bool| {
        let week = history.week(DAY, is_over).unwrap();
        assert_eq!(week.percent, None);
        week.withheld.unwrap()
    };
    assert_eq!(withheld(&history(&whole), false), "2026-11-30 is not over");
    let mut lacking = history(&whole);
    lacking.lack(days_before(DAY, 13), "it was on fire");
    assert_eq!(withheld(&lacking, true), "usage of a day is missing");
    let young = history(&[(0, 2), (9, 2)]);
    assert_eq!(
        withheld(&young, true),
        "the ledger has no usage before 2026-11-21"
    );
    let free: Vec<(i32, u64)> = (0..30).map(|day| (day, u64::from(day < 7))).collect();
    assert_eq!(
        withheld(&history(&free), true),
        "the week before cost nothing"
    );
    let mut unpriced = history(&whole[..10]);
    let rows = [row(DAY, "a", "x", None, 1)];
    unpriced.add(DAY, days_before(DAY, 11), &Breakdown::of(&rows, price));
    assert_eq!(
        withheld(&unpriced, true),
        "2 requests of the two weeks have no price"
    );
    assert_eq!(History::default().week(DAY, true), None);
}

#[test]
fn days_that_are_missing_are_named_by_reason_and_unknown_is_not_zero() {
    let mut history = history(&[(0, 1), (1, 0)]);
    for day in date(2026, 11, 2).series(1.day()).take(3) {
        history.lack(day, "the table did not answer");
    }
    history.lack(date(2026, 11, 20), "rows of the ledger cannot be read");
    history.lack(DAY, "the report's caveats name this one");
    assert_eq!(
        history.notes(DAY),
        [
            "usage of 2026-11-20 is missing: rows of the ledger cannot be read",
            "usage of 3 days, 2026-11-02 to 2026-11-04, is missing: the table did not answer",
        ]
    );
    let trend = history.trend(DAY);
    let (unknown, zero) = (&trend[1], &trend[28]);
    assert_eq!((unknown.requests, unknown.cost_usd), (None, None));
    assert_eq!(
        (zero.requests, zero.cost_usd),
        (Some(2), Some(dollars("0")))
    );
    assert!(history.lacks_of_month(DAY));
}

#[test]
fn a_day_that_is_too_large_to_add_up_is_missing() {
    let mut history = history(&[(0, 1)]);
    let rows = [row(DAY, "a", "m", None, u64::MAX - 1)];
    let usage = Breakdown::of(&rows, |_| Some(Decimal::ONE));
    history.add(DAY, days_before(DAY, 3), &usage);
    assert_eq!(
        history.notes(DAY),
        ["usage of 2026-11-27 is missing: it is too large to add up"]
    );
    assert_eq!(history.agents().len(), 1);
}

/// True, but for one in fifty: most cases of thirty days have one day or none that is not.
fn mostly() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.98)
}

proptest! {
    /// Growth is claimed only where all fourteen days are known, priced, over, and have history before them.
    #[test]
    fn no_change_is_claimed_that_cannot_be_computed(
        days in prop::collection::vec((mostly(), 0..5_u64, mostly()), 31), is_over: bool,
    ) {
        let mut history = History::default();
        for (before, (known, millions, priced)) in (0..).zip(&days) {
            let day = days_before(DAY, before);
            if !known {
                history.lack(day, "unknown");
            } else if *millions > 0 {
                let model = if *priced { "m" } else { "x" };
                let rows = [row(day, "a", model, None, millions * 1_000_000)];
                history.add(DAY, day, &Breakdown::of(&rows, price));
            } else {
                history.add(DAY, day, &Breakdown::default());
            }
        }
        let weeks = &days[..14];
        let sum = |days: &[(bool, u64, bool)]| days.iter().map(|(_, millions, _)| 3 * millions).sum::<u64>();
        if let Some(week) = history.week(DAY, is_over)
            && let Some(percent) = week.percent
        {
            prop_assert!(is_over && weeks.iter().all(|(known, millions, priced)| *known && (*priced || *millions == 0)));
            let (now, before) = (sum(&days[..7]), sum(&days[7..14]));
            prop_assert_eq!((week.cost_usd, week.previous_usd), (Decimal::from(now), Decimal::from(before)));
            let expected = (Decimal::from(now) - Decimal::from(before)) * Decimal::ONE_HUNDRED / Decimal::from(before);
            prop_assert!((percent - expected).abs() <= dollars("0.05"));
        }
    }
}
