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
        (row.key.model != "x").then(|| Decimal::from(row.usage.tokens.input) * Decimal::new(3, 6))
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
