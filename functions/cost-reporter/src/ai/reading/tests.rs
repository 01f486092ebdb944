use std::{collections::BTreeMap, sync::Mutex};

use jiff::civil::date;

use super::*;
use crate::ai::tests::{dollars, price, row};

const DAY: Date = date(2026, 11, 19);

/// A ledger with rows of some days; the others have one row each, or do not answer.
#[derive(Default)]
struct Ledger {
    rows: BTreeMap<Date, usize>,
    fails_at: Option<Date>,
    unreadable_at: Option<Date>,
    requested: Mutex<Vec<(Date, usize)>>,
}

impl ReadLedger for &Ledger {
    async fn rows(&self, day: Date, most: usize) -> Result<DayRows, Fault> {
        self.requested.lock().unwrap().push((day, most));
        if self.fails_at == Some(day) {
            return Err(Fault::transient("the table did not answer"));
        }
        let count = self.rows.get(&day).copied().unwrap_or(1);
        let row = row(day, "triage", "m", None, 1_000_000);
        Ok(DayRows {
            rows: LedgerRows {
                rows: vec![row; count.min(most)],
                unreadable: u64::from(self.unreadable_at == Some(day)),
            },
            is_whole: count <= most,
        })
    }
}

#[tokio::test]
async fn thirty_days_are_read_newest_first() {
    let ledger = Ledger::default();
    let usage = read_usage(&&ledger, DAY, true, price).await.unwrap();
    let days: Vec<Date> = ledger
        .requested
        .into_inner()
        .unwrap()
        .into_iter()
        .map(|(day, _)| day)
        .collect();
    assert_eq!(days.len(), 30);
    assert_eq!((days[0], days[29]), (DAY, date(2026, 10, 21)));
    assert!(usage.is_whole && !usage.is_cut);
    assert_eq!(usage.history.rows, 30);
    assert_eq!(usage.history.agents()[0].cost_usd, Some(dollars("90")));
    assert_eq!(usage.day.total.dollars, dollars("3"));
}

#[tokio::test]
async fn rows_past_the_most_are_not_read_and_the_days_without_them_are_named() {
    let ledger = Ledger {
        rows: BTreeMap::from([(DAY, 60_000), (date(2026, 11, 17), 40_000)]),
        ..Ledger::default()
    };
    let usage = read_usage(&&ledger, DAY, true, price).await.unwrap();
    assert_eq!(
        *ledger.requested.lock().unwrap(),
        [
            (DAY, MOST_ROWS),
            (date(2026, 11, 18), 40_000),
            (date(2026, 11, 17), 39_999)
        ]
    );
    assert_eq!(
        usage.history.notes(DAY),
        [
            "usage of 28 days, 2026-10-21 to 2026-11-17, is missing: a report reads at most 100000 rows of the ledger"
        ]
    );
    assert!(usage.is_whole);
    let large = Ledger {
        rows: BTreeMap::from([(DAY, MOST_ROWS + 1)]),
        ..Ledger::default()
    };
    let usage = read_usage(&&large, DAY, true, price).await.unwrap();
    assert!(usage.is_cut && !usage.is_whole);
    assert_eq!(usage.history.rows, MOST_ROWS as u64);
    assert_eq!(large.requested.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_day_that_cannot_be_read_leaves_out_what_is_before_it() {
    let ledger = Ledger {
        fails_at: Some(date(2026, 11, 10)),
        unreadable_at: Some(date(2026, 11, 15)),
        ..Ledger::default()
    };
    let usage = read_usage(&&ledger, DAY, true, price).await.unwrap();
    assert_eq!(
        usage.history.notes(DAY),
        [
            "usage of 2026-11-15 is missing: rows of the ledger cannot be read",
            "usage of 21 days, 2026-10-21 to 2026-11-10, is missing: the table did not answer",
        ]
    );
    assert_eq!(usage.history.agents()[0].cost_usd, Some(dollars("27")));
    assert!(usage.history.lacks_of_month(DAY));
    let week = usage.history.week(DAY, true).unwrap();
    assert_eq!(week.withheld.unwrap(), "usage of a day is missing");
}

#[tokio::test]
async fn without_history_the_day_alone_is_read_and_nothing_is_claimed() {
    let ledger = Ledger::default();
    let usage = read_usage(&&ledger, DAY, false, price).await.unwrap();
    assert_eq!(*ledger.requested.lock().unwrap(), [(DAY, MOST_ROWS)]);
    assert!(usage.is_whole);
    assert_eq!(usage.history.week(DAY, true).unwrap().percent, None);
    assert!(usage.history.lacks_of_month(DAY));
}

#[tokio::test]
async fn without_the_day_there_is_no_usage() {
    let ledger = Ledger {
        fails_at: Some(DAY),
        ..Ledger::default()
    };
    let fault = read_usage(&&ledger, DAY, true, price).await.unwrap_err();
    assert_eq!(fault.to_string(), "the table did not answer");
}

/// A ledger in which each row is of an agent and an incident of its own.
#[cfg(target_os = "linux")]
struct Crowd;

#[cfg(target_os = "linux")]
impl ReadLedger for &Crowd {
    async fn rows(&self, day: Date, most: usize) -> Result<DayRows, Fault> {
        let rows = (0..MOST_ROWS / 4).map(|number| {
            let agent = format!("an agent with a name of some length, number {number} of {day}");
            row(day, &agent, "m", Some(&agent), 1_000_000)
        });
        Ok(DayRows {
            rows: LedgerRows {
                rows: rows.take(most).collect(),
                unreadable: 0,
            },
            is_whole: MOST_ROWS / 4 <= most,
        })
    }
}

/// The most memory that this process has had, in KiB (proc(5), `VmHWM`).
#[cfg(target_os = "linux")]
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_most_rows_take_less_memory_than_the_function_has() {
    /// 60 % of 256 MB, in KiB.
    const MOST_MEMORY: u64 = (256 << 10) * 60 / 100;
    let before = most_memory();
    let usage = read_usage(&&Crowd, DAY, true, price).await.unwrap();
    let after = most_memory();
    println!("{before} KiB before, {after} KiB after {MOST_ROWS} rows");
    assert_eq!(usage.history.rows, MOST_ROWS as u64);
    assert!(after < MOST_MEMORY, "{after} KiB");
}
