//! The usage of a day so far, in brief, beside that of the day before: what a cost alert says of its cause.
//!
//! The metrics publisher stores it in the ledger table each time it publishes `CostToday`; the Slack forwarder reads it
//! when an alarm on that metric fires. It is JSON of version 1. A reader ignores fields that it does not know, and takes
//! versions up to 2.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Breakdown, Spend, by_cost};

/// The key of the item in the ledger table: its `day` and its `row`.
pub const USAGE_DIGEST_KEY: (&str, &str) = ("usage-digest", "today");
/// The version that is written.
const VERSION: u32 = 1;
/// The agents and models that are named, most expensive first.
const NAMED: usize = 5;
/// The longest name, in characters: names come from events, and a message has little room.
const LONGEST_NAME: usize = 80;

/// A day so far, and the day before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDigest {
    /// The version of the format.
    pub version: u32,
    /// When it was read from the ledger.
    pub as_of: Timestamp,
    /// The day so far.
    pub today: DayUsage,
    /// The day before, as it was read last.
    pub yesterday: Option<DayUsage>,
}

/// The usage of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsage {
    /// The day, UTC.
    pub date: Date,
    /// Requests.
    pub requests: u64,
    /// Tokens of all kinds a request; `None` without a request.
    pub tokens_per_request: Option<u64>,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
    /// Requests without a price.
    pub unpriced_requests: u64,
    /// Incidents.
    pub incidents: u64,
    /// The most expensive agents.
    pub agents: Vec<NamedCost>,
    /// The most expensive models.
    pub models: Vec<NamedCost>,
}

/// An agent's or a model's part of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCost {
    /// Its name, cut to 80 characters.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
}

impl DayUsage {
    /// Sums up a day.
    pub fn of(date: Date, day: &Breakdown) -> Self {
        let total = &day.total;
        Self {
            date,
            requests: total.requests(),
            tokens_per_request: total.tokens_per_request(),
            cost_usd: total.cost_usd(),
            unpriced_requests: total.unpriced.requests,
            incidents: day.by_incident.len() as u64,
            agents: named(by_cost(&day.by_agent)),
            models: named(by_cost(&day.by_model)),
        }
    }
}

fn named(groups: Vec<(&str, Spend)>) -> Vec<NamedCost> {
    let cost = |(name, spend): (&str, Spend)| NamedCost {
        name: name.chars().take(LONGEST_NAME).collect(),
        requests: spend.requests(),
        cost_usd: spend.cost_usd(),
    };
    groups.into_iter().take(NAMED).map(cost).collect()
}

impl UsageDigest {
    /// The digest of a day so far, after an earlier one: what that says of this day is replaced, and what it says of the
    /// day before is kept.
    pub fn after(earlier: Option<Self>, today: DayUsage, as_of: Timestamp) -> Self {
        let days = earlier
            .into_iter()
            .flat_map(|earlier| [Some(earlier.today), earlier.yesterday]);
        let yesterday = today.date.yesterday().ok();
        Self {
            version: VERSION,
            as_of,
            yesterday: days.flatten().find(|day| Some(day.date) == yesterday),
            today,
        }
    }

    /// The bytes that are stored.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, numbers and lists are always JSON")
    }

    /// Reads stored bytes; `None` where they are of another format.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let digest: Self = serde_json::from_slice(bytes).ok()?;
        (digest.version <= VERSION + 1).then_some(digest)
    }

    /// What differs from the day before, a sentence each: incidents, requests, tokens a request, and the models' parts.
    /// Empty where the day before is not known. Counts of the day so far stand beside those of a whole day.
    pub fn changes(&self) -> Vec<String> {
        let (today, Some(before)) = (&self.today, &self.yesterday) else {
            return Vec::new();
        };
        let date = before.date;
        let mut changes = vec![
            format!(
                "incidents: {} so far, {} on {date}",
                today.incidents, before.incidents
            ),
            format!(
                "requests: {} so far, {} on {date}",
                today.requests, before.requests
            ),
        ];
        if let (Some(now), Some(then)) = (today.tokens_per_request, before.tokens_per_request) {
            let change = change(Decimal::from(now), Decimal::from(then));
            changes.push(format!("tokens a request: {now}, {then} on {date}{change}"));
        }
        changes.extend(self.models(before));
        changes
    }

    /// The models whose part of the cost changed by a tenth of the whole or more.
    fn models(&self, before: &DayUsage) -> Vec<String> {
        let then = |name: &str| {
            let model = before.models.iter().find(|model| model.name == name);
            // A model that is not among the named ones had a small part, or none: of a cost that is known.
            let none = before.cost_usd.map(|_| Decimal::ZERO);
            model.map_or(none, |model| part(model, before))
        };
        let least = Decimal::TEN;
        let models = self.today.models.iter();
        models
            .filter_map(|model| {
                let (now, then) = (part(model, &self.today)?, then(&model.name)?);
                let changed = (now - then).abs() >= least;
                changed.then(|| {
                    format!(
                        "{}: {now} % of the cost, {then} % on {}",
                        model.name, before.date
                    )
                })
            })
            .collect()
    }
}

/// Percent of a day's cost, whole; `None` where either is unpriced or the day cost nothing.
fn part(model: &NamedCost, day: &DayUsage) -> Option<Decimal> {
    let hundredfold = model.cost_usd?.checked_mul(Decimal::ONE_HUNDRED)?;
    Some(hundredfold.checked_div(day.cost_usd?)?.round())
}

/// ` (+25 %)`; nothing where there was nothing before.
fn change(now: Decimal, then: Decimal) -> String {
    let percent = (now - then)
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(then));
    percent.map_or_else(String::new, |percent| {
        let sign = if percent.is_sign_negative() { "" } else { "+" };
        format!(" ({sign}{} %)", percent.round())
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::usage::{TokenCounts, Usage, UsageKey, UsageRow};

    fn rows(day: Date, rows: &[(&str, &str, Option<&str>, u64, u64)]) -> DayUsage {
        let rows: Vec<UsageRow> = rows
            .iter()
            .map(|(agent, model, incident, requests, input)| UsageRow {
                key: UsageKey {
                    date: day,
                    agent: (*agent).into(),
                    model: (*model).into(),
                    incident: incident.map(str::to_owned),
                    price: None,
                    batch: false,
                },
                usage: Usage {
                    requests: *requests,
                    tokens: TokenCounts {
                        input: *input,
                        ..TokenCounts::default()
                    },
                },
            })
            .collect();
        // Three dollars a million tokens; model `x` has no price.
        let price = |row: &UsageRow| {
            (row.key.model != "x")
                .then(|| Decimal::from(row.usage.tokens.input) * Decimal::new(3, 6))
        };
        DayUsage::of(day, &Breakdown::of(&rows, price))
    }

    fn digest(today: DayUsage, yesterday: DayUsage) -> UsageDigest {
        let as_of: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let earlier = UsageDigest::after(None, yesterday, as_of);
        UsageDigest::after(Some(earlier), today, as_of)
    }

    #[test]
    fn the_cause_of_a_cost_shows_in_what_changed() {
        let yesterday = rows(
            date(2026, 11, 19),
            &[("triage", "small", Some("INC-1"), 100, 100_000)],
        );
        let today = date(2026, 11, 20);
        let incident = Some("INC-2");
        for (name, today, expected) in [
            (
                "a loop",
                rows(today, &[("triage", "small", incident, 9_000, 9_000_000)]),
                vec![
                    "incidents: 1 so far, 1 on 2026-11-19",
                    "requests: 9000 so far, 100 on 2026-11-19",
                    "tokens a request: 1000, 1000 on 2026-11-19 (+0 %)",
                ],
            ),
            (
                "a prompt that grew, and a part of another model",
                rows(
                    today,
                    &[
                        ("triage", "small", incident, 50, 300_000),
                        ("triage", "large", incident, 50, 100_000),
                    ],
                ),
                vec![
                    "incidents: 1 so far, 1 on 2026-11-19",
                    "requests: 100 so far, 100 on 2026-11-19",
                    "tokens a request: 4000, 1000 on 2026-11-19 (+300 %)",
                    "small: 75 % of the cost, 100 % on 2026-11-19",
                    "large: 25 % of the cost, 0 % on 2026-11-19",
                ],
            ),
        ] {
            assert_eq!(
                digest(today, yesterday.clone()).changes(),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn nothing_is_compared_with_what_is_not_known() {
        let today = rows(date(2026, 11, 20), &[("a", "m", None, 1, 1)]);
        let as_of = Timestamp::UNIX_EPOCH;
        assert!(
            UsageDigest::after(None, today.clone(), as_of)
                .changes()
                .is_empty()
        );
        let older = rows(date(2026, 11, 18), &[("a", "m", None, 1, 1)]);
        assert_eq!(digest(today.clone(), older).yesterday, None);
        let unpriced = rows(date(2026, 11, 19), &[("a", "x", None, 1, 1)]);
        let changes = digest(today, unpriced).changes();
        assert!(
            !changes.iter().any(|change| change.contains("of the cost")),
            "{changes:?}"
        );
    }

    #[test]
    fn the_day_before_is_kept_while_the_day_goes_on() {
        let yesterday = rows(date(2026, 11, 19), &[("a", "m", None, 5, 5)]);
        let first = rows(date(2026, 11, 20), &[("a", "m", None, 1, 1)]);
        let later = rows(date(2026, 11, 20), &[("a", "m", None, 2, 2)]);
        let digest = UsageDigest::after(
            Some(digest(first, yesterday.clone())),
            later.clone(),
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!((digest.today, digest.yesterday), (later, Some(yesterday)));
    }

    #[test]
    fn a_digest_is_small_and_read_as_it_was_written() {
        let names: Vec<String> = (0..50)
            .map(|i| format!("{i}{}", "n".repeat(3_000)))
            .collect();
        let many: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), name.as_str(), Some(name.as_str()), 1, 7))
            .collect();
        let digest = digest(
            rows(date(2026, 11, 20), &many),
            rows(date(2026, 11, 19), &many),
        );
        let bytes = digest.encode();
        assert!(bytes.len() < 4_096, "{} bytes", bytes.len());
        assert_eq!(UsageDigest::decode(&bytes), Some(digest));
        let text = String::from_utf8(bytes).unwrap();
        let newer = text.replace("\"version\":1", "\"version\":2,\"more\":true");
        assert!(UsageDigest::decode(newer.as_bytes()).is_some());
        let newest = text.replace("\"version\":1", "\"version\":3");
        assert_eq!(UsageDigest::decode(newest.as_bytes()), None);
        assert_eq!(UsageDigest::decode(b"{}"), None);
    }
}
