//! The limit of ledger rows a day (docs/decisions/0021).
//!
//! A row is a day, an agent, a model, an incident, a price and a batch flag, and three of them are text from an event:
//! if the agent's name contains its session, each request is a row. Each write of a row is two units of a transaction,
//! so a thousand such events a second cost $3,000 a month.
//!
//! The first rows of a day are admitted. Further usage is counted under the agent `Other`, and under the incident
//! `Other` if it had one; model, price and batch stay, since dollars follow from them. `MOST_OTHERS` such rows may keep
//! their model; after that, the model is `Other` too. Totals are exact in both cases.
//!
//! The rows of a day are read from the table once a process. Two publishers that admit rows at the same time may exceed
//! the limit by the rows that one of them admits in a round.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_aws::ledger::row_id;
use picket_shared::usage::{OTHER, UsageKey, UsageRow};

/// The number of rows of a day under the agent `Other` that keep their model: more than there are models with a price.
pub(crate) const MOST_OTHERS: usize = 500;
/// The number of cached days. Events are at most two weeks old.
const MOST_DAYS: usize = 20;

/// The rows of the days to which usage is added.
#[derive(Debug, Default)]
pub struct DayRows {
    most: usize,
    days: BTreeMap<Date, Rows>,
}

/// The ids of the rows of a day.
#[derive(Debug, Default)]
struct Rows {
    /// Rows under their own agent.
    own: BTreeSet<String>,
    /// Rows under the agent `Other`.
    others: BTreeSet<String>,
    /// Whether there were too many rows to read them.
    full: bool,
}

impl DayRows {
    /// Creates a cache with a limit of rows a day, without the rows named `Other`.
    pub fn new(most: u32) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            days: BTreeMap::new(),
        }
    }

    /// The number of rows of a day that are read: with more, the day is full.
    pub fn most_read(&self) -> usize {
        self.most.saturating_add(MOST_OTHERS * 2)
    }

    /// Whether the rows of a day are cached.
    pub fn contains(&self, day: Date) -> bool {
        self.days.contains_key(&day)
    }

    /// Caches the rows of a day; `None` where there are more than [`Self::most_read`]: then no new row is admitted.
    pub fn insert(&mut self, day: Date, rows: Option<&[UsageRow]>) {
        if self.days.len() >= MOST_DAYS {
            self.days.pop_first();
        }
        let known = self.days.entry(day).or_default();
        match rows {
            Some(rows) => {
                for UsageRow { key, .. } in rows {
                    known.of(key).insert(row_id(key));
                }
            }
            None => known.full = true,
        }
    }

    /// Clears the cache, because another publisher adds rows as well.
    pub fn forget(&mut self) {
        self.days.clear();
    }

    /// The key under which a row's usage is counted.
    pub fn place(&mut self, key: &UsageKey) -> UsageKey {
        let known = self.days.entry(key.date).or_default();
        let most = if known.full { 0 } else { self.most };
        if admit(&mut known.own, key, most) || known.others.contains(&row_id(key)) {
            return key.clone();
        }
        let other = UsageKey {
            agent: OTHER.to_owned(),
            incident: key.incident.as_ref().map(|_| OTHER.to_owned()),
            ..key.clone()
        };
        if admit(&mut known.others, &other, MOST_OTHERS) {
            return other;
        }
        // There are as many as prices: no limit is needed.
        UsageKey {
            model: OTHER.to_owned(),
            ..other
        }
    }
}

impl Rows {
    fn of(&mut self, key: &UsageKey) -> &mut BTreeSet<String> {
        if key.agent == OTHER {
            &mut self.others
        } else {
            &mut self.own
        }
    }
}

/// Whether a row is admitted, now or before.
fn admit(rows: &mut BTreeSet<String>, key: &UsageKey, most: usize) -> bool {
    let id = row_id(key);
    rows.contains(&id) || (rows.len() < most && rows.insert(id))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use picket_rules::prices;
    use picket_shared::usage::{TokenCounts, Usage};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    const DAY: Date = date(2026, 11, 19);
    /// Three dollars a million tokens of input.
    const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    fn key(agent: &str, model: &str, incident: Option<&str>) -> UsageKey {
        let price = prices::built_in().find(model, None, DAY);
        UsageKey {
            date: DAY,
            agent: agent.into(),
            model: model.into(),
            incident: incident.map(str::to_owned),
            price: price.map(|price| price.id.as_str().to_owned()),
            batch: false,
        }
    }

    #[test]
    fn the_first_rows_of_a_day_are_in_and_stay_in() {
        let mut rows = DayRows::new(2);
        for (agent, expected) in [
            ("a", "a"),
            ("b", "b"),
            ("c", OTHER),
            ("a", "a"),
            ("d", OTHER),
        ] {
            assert_eq!(rows.place(&key(agent, SONNET, None)).agent, expected);
        }
        let tomorrow = UsageKey {
            date: date(2026, 11, 20),
            ..key("c", SONNET, None)
        };
        assert_eq!(rows.place(&tomorrow), tomorrow);
    }

    #[test]
    fn past_the_ceiling_a_row_keeps_what_dollars_follow_from() {
        let mut rows = DayRows::new(0);
        let expected = UsageKey {
            agent: OTHER.into(),
            incident: Some(OTHER.into()),
            ..key("a", SONNET, None)
        };
        assert_eq!(rows.place(&key("a", SONNET, Some("INC-1"))), expected);
        assert!(expected.price.is_some());
    }

    #[test]
    fn a_process_learns_from_the_table_what_is_in() {
        let row = |agent: &str| UsageRow {
            key: key(agent, SONNET, None),
            usage: Usage::default(),
        };
        let mut rows = DayRows::new(2);
        rows.insert(DAY, Some(&[row("a"), row(OTHER)]));
        assert!(rows.contains(DAY));
        for (agent, expected) in [("b", "b"), ("c", OTHER), ("a", "a"), (OTHER, OTHER)] {
            assert_eq!(rows.place(&key(agent, SONNET, None)).agent, expected);
        }
        let mut full = DayRows::new(2);
        full.insert(DAY, None);
        assert_eq!(full.place(&key("a", SONNET, None)).agent, OTHER);
    }

    #[test]
    fn days_that_are_known_are_few() {
        let mut rows = DayRows::new(2);
        for day in DAY.series(jiff::ToSpan::day(1)).take(100) {
            rows.insert(day, Some(&[]));
            assert!(rows.contains(day));
        }
        assert_eq!(rows.days.len(), MOST_DAYS);
    }

    fn dollars<'a>(rows: impl Iterator<Item = &'a UsageRow>) -> (Decimal, u64) {
        rows.fold((Decimal::ZERO, 0), |(dollars, tokens), row| {
            let cost = row.cost(prices::built_in()).unwrap_or_default();
            (dollars + cost, tokens + row.usage.tokens.input)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// However many agents, incidents and models there are.
        #[test]
        fn rows_are_bounded_and_totals_and_dollars_exact(
            most in 0..50_u32, events in prop::collection::vec((0..200_u32, 0..2_000_u32, prop::option::of(0..100_u32), 1..1_000_000_u64), 1..200),
        ) {
            let mut rows = DayRows::new(most);
            let mut ids = BTreeSet::new();
            let (mut before, mut after) = (Vec::new(), Vec::new());
            for (agent, model, incident, input) in events {
                // Every other one of a model with a price.
                let model = if model % 2 == 0 { SONNET.to_owned() } else { format!("model-{model}") };
                let key = key(&agent.to_string(), &model, incident.map(|incident| incident.to_string()).as_deref());
                let usage = Usage { requests: 1, tokens: TokenCounts { input, ..TokenCounts::default() } };
                let placed = rows.place(&key);
                prop_assert_eq!((placed.date, &placed.price, placed.batch), (key.date, &key.price, key.batch));
                prop_assert_eq!(placed.incident.is_some(), key.incident.is_some());
                ids.insert(row_id(&placed));
                before.push(UsageRow { key, usage });
                after.push(UsageRow { key: placed, usage });
            }
            // Beside the ceiling: the rows that keep a model, and one a price (with and without an incident).
            prop_assert!(ids.len() <= most as usize + MOST_OTHERS + 4, "{} rows", ids.len());
            prop_assert_eq!(dollars(after.iter()), dollars(before.iter()));
        }
    }
}
