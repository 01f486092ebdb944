use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use super::*;
use crate::prices::{self, imported};

/// A book of imported rows, each `id,model,region,tier,above,from,input`, and of rows of `prices.yaml`.
fn book(imported_rows: &[&str], written: &[&str]) -> PriceBook {
    let mut text = format!(
        "#source,s,2026-11-29,https://example.com\n{}\n",
        imported::COLUMNS
    );
    let mut imported_rows = imported_rows.to_vec();
    imported_rows.sort_by_key(|row| row.split_once(',').map(|(_, key)| key));
    for row in imported_rows {
        text.extend([row, ",,,,,s,\n"]);
    }
    let imported = ImportedPrices::parse("p.csv", &text).unwrap();
    let rows = written
        .iter()
        .map(|row| format!("  - {{ {row}, source: 'https://example.com', read: 2026-11-29 }}\n"));
    let rows: String = rows.collect();
    let rows = if rows.is_empty() {
        "  - { id: none, model: none, from: 2026-01-01, input: 1, source: 'https://example.com', read: 2026-11-29 }\n".to_owned()
    } else {
        rows
    };
    let book = prices::parse("p.yaml", &format!("prices:\n{rows}")).unwrap();
    book.with_imported(Arc::new(imported))
}

fn id<'b>(book: &'b PriceBook, model: &str, region: Option<&str>) -> Option<&'b str> {
    let price = book.find(model, region, date(2026, 11, 29));
    price.map(|price| price.id.as_str())
}

fn id_of<'b>(book: &'b PriceBook, model: &str, tier: &str, context: u64) -> Option<&'b str> {
    let lookup = Lookup {
        model,
        region: None,
        date: date(2026, 11, 29),
        tier: &Tier::read(tier),
        context,
    };
    book.price_of(&lookup).map(|price| price.id.as_str())
}

#[test]
fn a_tier_or_a_context_step_without_a_row_is_unpriced_and_never_standard() {
    let book = book(
        &[
            "m,a.m,,standard,0,2026-01-01,3",
            "m.batch,a.m,,batch,0,2026-01-01,1.5",
            "m.flex,a.m,,flex,0,2026-01-01,1.5",
            "m.above,a.m,,standard,200000,2026-01-01,6",
        ],
        &["id: w, model: 'b.m*', from: 2026-01-01, input: 2, batch: { input: 1 }"],
    );
    for (model, tier, context, expected) in [
        ("a.m", "standard", 0, Some("m")),
        ("a.m", "default", 200_000, Some("m")),
        ("a.m", "standard", 200_001, Some("m.above")),
        ("a.m", "flex", 200_000, Some("m.flex")),
        ("a.m", "flex", 200_001, None),
        ("a.m", "batch", 1, Some("m.batch")),
        ("a.m", "batch", 200_001, None),
        ("a.m", "priority", 1, None),
        ("a.m", "optimized", 1, None),
        ("b.m", "standard", 200_001, Some("w")),
        ("b.m", "batch", 1, Some("w")),
        ("b.m", "flex", 1, None),
    ] {
        let found = id_of(&book, model, tier, context);
        assert_eq!(found, expected, "{model} {tier} {context}");
    }
    for (context, class) in [
        (0, 0),
        (200_000, 0),
        (200_001, 200_000),
        (u64::MAX, 200_000),
    ] {
        assert_eq!(book.context_class(context), class, "{context}");
    }
}

#[test]
fn a_global_profile_never_has_a_geographic_price() {
    let book = book(
        &[
            "m,a.m-1,,standard,0,2026-01-01,3",
            "g,global.a.n,,standard,0,2026-01-01,3",
        ],
        &[
            "id: geo, model: '*.a.m-*', from: 2026-01-01, input: 4",
            "id: geo-n, model: '*.a.n', from: 2026-01-01, input: 4",
        ],
    );
    for (model, expected) in [
        ("a.m-1", Some("m")),
        ("eu.a.m-1", Some("geo")),
        ("bedrock/eu.a.m-1", Some("geo")),
        ("bedrock/converse/eu.a.m-1", Some("geo")),
        ("bedrock/us-east-1/a.m-1", Some("m")),
        // No row is for it, and its model's price is not that of every profile.
        ("global.a.m-1", None),
        ("bedrock/global.a.m-1", None),
        ("bedrock/converse/global.a.m-1", None),
        ("bedrock/global.a.n", Some("g")),
        ("eu.a.n", Some("geo-n")),
        ("a.n", None),
    ] {
        assert_eq!(id(&book, model, None), expected, "{model}");
    }
}

#[test]
fn a_profile_has_its_models_price_only_where_no_profile_has_its_own() {
    let book = book(
        &[
            "m,a.m,,standard,0,2026-01-01,3",
            "m.region,a.m,eu-west-2,standard,0,2026-01-01,3.5",
            "n,a.n,,standard,0,2026-01-01,3",
            "n.eu,eu.a.n,,standard,0,2026-01-01,3.3",
        ],
        &[],
    );
    for (model, region, expected) in [
        ("us.a.m", None, Some("m")),
        ("global.a.m", None, Some("m")),
        ("us.a.m", Some("eu-west-2"), Some("m.region")),
        ("bedrock/eu-west-2/a.m", Some("us-east-1"), Some("m.region")),
        (
            "arn:aws:bedrock:eu-west-2:1:inference-profile/eu.a.m",
            Some("us-east-1"),
            Some("m.region"),
        ),
        ("eu.a.n", None, Some("n.eu")),
        ("us.a.n", None, None),
        ("global.a.n", None, None),
        ("a.n", Some("eu-west-1"), Some("n")),
    ] {
        assert_eq!(id(&book, model, region), expected, "{model} {region:?}");
    }
}

#[test]
fn an_application_inference_profile_has_the_price_of_the_model_it_was_created_for() {
    const ARN: &str = "arn:aws:bedrock:eu-west-2:123456789012:application-inference-profile/abc123";
    let text = format!(
        "prices:\n  - {{ id: any, model: '*', from: 2026-01-01, input: 9, source: 'https://example.com', read: 2026-11-29 }}\n  \
         - {{ id: m, model: a.m, from: 2026-01-01, input: 3, source: 'https://example.com', read: 2026-11-29 }}\n  \
         - {{ id: geo, model: '*.a.m', region: eu-west-2, from: 2026-01-01, input: 4, source: 'https://example.com', read: 2026-11-29 }}\n\
         profiles:\n  - {{ arn: '{ARN}', model: eu.a.m }}\n"
    );
    let book = prices::parse("p.yaml", &text).unwrap();
    for (model, expected) in [
        (ARN.to_owned(), Some("geo")),
        (format!("bedrock/{ARN}"), Some("geo")),
        (format!("bedrock/converse/{ARN}"), Some("geo")),
        // Unknown: not even a row for everything is for it.
        (format!("{ARN}4"), None),
        ("abc123".to_owned(), Some("any")),
    ] {
        assert_eq!(id(&book, &model, Some("us-east-1")), expected, "{model}");
    }
    let wrong = text.replace("application-inference-profile", "inference-profile");
    assert!(prices::parse("p.yaml", &wrong).is_err());
}

#[test]
fn a_later_row_supersedes_and_a_written_one_precedes_an_imported_one_of_the_same_day() {
    let book = book(
        &[
            "m,a.m,,standard,0,2026-01-01,3",
            "m.2,a.m,,standard,0,2026-06-01,2",
            "n,a.n,,standard,0,2026-01-01,3",
            "n.flex,a.n,,flex,0,2026-01-01,1",
            "o,a.o,,standard,0,2026-01-01,3",
        ],
        &[
            "id: all, model: 'a.*', from: 2026-06-01, input: 1",
            "id: m-own, model: a.m, from: 2026-06-01, input: 1",
            "id: n-own, model: 'a.n*', from: 2026-06-01, input: 1",
        ],
    );
    for (model, day, expected) in [
        ("a.m", date(2025, 12, 31), None),
        ("a.m", date(2026, 1, 1), Some("m")),
        ("a.m", date(2026, 5, 31), Some("m")),
        ("a.m", date(2026, 6, 1), Some("m-own")),
        // A pattern with all of the id's letters is as long as the id; a shorter one is not.
        ("a.n", date(2026, 6, 1), Some("n-own")),
        ("a.n-2", date(2026, 6, 1), Some("n-own")),
        ("a.o", date(2026, 6, 1), Some("o")),
    ] {
        let found = book.find(model, None, day).map(|price| price.id.as_str());
        assert_eq!(found, expected, "{model} {day}");
    }
    assert_eq!(id_of(&book, "a.n", "flex", 0), Some("n.flex"));
    for id in ["m", "m.2", "n.flex", "n-own"] {
        assert_eq!(book.by_id(id).map(|price| price.id.as_str()), Some(id));
    }
}

proptest! {
    #[test]
    fn the_row_in_force_is_the_latest_that_has_begun(
        begins in prop::collection::btree_set(0..400_i64, 1..6),
        day in 0..400_i64,
    ) {
        let first = date(2026, 1, 1);
        let rows: Vec<String> = begins
            .iter()
            .map(|begin| format!("m-{begin},a.m,,standard,0,{},3", first.saturating_add(begin.days())))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let book = book(&rows, &[]);
        let found = book.find("a.m", None, first.saturating_add(day.days()));
        let expected = begins.iter().rfind(|begin| **begin <= day).map(|begin| format!("m-{begin}"));
        prop_assert_eq!(found.map(|price| price.id.as_str()), expected.as_deref());
    }
}
