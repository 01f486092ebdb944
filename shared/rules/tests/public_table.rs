//! The shipped prices against a recorded copy of the public table, read here without the importer.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::civil::{Date, date};
use picket_rules::{
    prices::{self, Lookup, Price, Rates, Tier},
    tokens::TokenCounts,
};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// The day the table was read.
const READ: Date = date(2026, 11, 29);

type Table = BTreeMap<String, BTreeMap<String, Box<RawValue>>>;

fn table() -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public-table");
    let text = fs::read_to_string(folder.join("litellm-1.110.2.json")).expect("the recorded copy");
    serde_json::from_str(&text).expect("JSON")
}

/// Dollars a token as a decimal, shifted by hand: no number of the table passes through a float.
fn per_million(number: &str) -> Decimal {
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().expect("an exponent");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = i64::try_from(fraction.len()).expect("few") - exponent - 6;
    let digits: i64 = format!("{whole}{fraction}").parse().expect("digits");
    let shift = |by: i64| 10_i64.pow(u32::try_from(by).expect("small"));
    if places <= 0 {
        return Decimal::from(digits * shift(-places));
    }
    Decimal::new(digits, u32::try_from(places).expect("small"))
}

/// Returns one of a row's rates.
type RateOf = fn(&Rates) -> Option<Decimal>;

/// The prices of a field's name: which tier, above how many tokens, and which of the five rates.
fn meaning(field: &str) -> Option<(&'static str, u64, RateOf)> {
    let tier = if field.ends_with("_batches") {
        "batch"
    } else if field.ends_with("_flex") {
        "flex"
    } else if field.ends_with("_priority") {
        "priority"
    } else if field.ends_with("_ultrafast") {
        "ultrafast"
    } else {
        "standard"
    };
    let above = if field.contains("_above_100k_tokens") {
        100_000
    } else if field.contains("_above_200k_tokens") {
        200_000
    } else if field.contains("_above_272k_tokens") {
        272_000
    } else {
        0
    };
    let rate: RateOf = if field.contains("_above_1hr") {
        |rates| rates.cache_write_1h
    } else if field.starts_with("cache_creation") {
        |rates| rates.cache_write_5m
    } else if field.starts_with("cache_read") {
        |rates| rates.cache_read
    } else if field.starts_with("input_cost_per_token") {
        |rates| rates.input
    } else if field.starts_with("output_cost_per_token") {
        |rates| rates.output
    } else {
        return None;
    };
    Some((tier, above, rate))
}

fn price(model: &str, tier: &str, context: u64) -> Option<&'static Price> {
    prices::built_in().price_of(&Lookup {
        model,
        region: None,
        date: READ,
        tier: &Tier::read(tier),
        context,
    })
}

#[test]
fn the_shipped_rows_have_every_price_of_the_public_table_or_say_why_not() {
    let (mut ids, mut priced, mut equal, mut fields) = (0, 0, 0, 0);
    let mut unexplained = Vec::new();
    for (model, entry) in table() {
        let mut is_priced = true;
        let mut is_equal = true;
        let mut count = 0;
        for (field, number) in &entry {
            let Some((tier, above, rate)) = meaning(field) else {
                continue;
            };
            let expected = per_million(number.get());
            if expected.is_zero() {
                continue;
            }
            count += 1;
            let context = if above == 0 { 1 } else { above + 1 };
            let found = price(&model, tier, context);
            let own = found.and_then(|row| rate(row.rates_of(tier == "batch")?));
            is_priced &= own.is_some();
            if own != Some(expected) {
                is_equal = false;
                if found.is_none_or(|row| row.note.is_none()) {
                    unexplained.push(format!("{model} {field}: {expected}, and here {own:?}"));
                }
            }
        }
        if count > 0 {
            ids += 1;
            fields += count;
            priced += u32::from(is_priced);
            equal += u32::from(is_equal);
        }
    }
    println!("{ids} ids with {fields} prices: {priced} priced, {equal} equal");
    assert!(ids >= 500, "{ids}");
    assert!(priced * 100 >= ids * 99, "{priced} of {ids}");
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

/// Returns what tokens cost at a context, in dollars as text.
fn cost(model: &str, tier: &str, context: u64, tokens: TokenCounts) -> Option<String> {
    let cost = price(model, tier, context)?.cost(&tokens, tier == "batch")?;
    Some(cost.to_string())
}

const fn tokens(input: u64, output: u64) -> TokenCounts {
    TokenCounts {
        input,
        output,
        cache_read: 0,
        cache_write_5m: 0,
        cache_write_1h: 0,
    }
}

const SONNET_4: &str = "anthropic.claude-sonnet-4-20250514-v1:0";

#[test]
fn common_requests_cost_what_their_prices_say() {
    // 1,000 x $3 and 500 x $15 a million.
    let sonnet = "anthropic.claude-3-5-sonnet-20241022-v2:0";
    for prefix in ["", "us.", "bedrock/", "bedrock/converse/eu."] {
        let model = format!("{prefix}{sonnet}");
        let dollars = cost(&model, "", 1_000, tokens(1_000, 500));
        assert_eq!(dollars.as_deref(), Some("0.0105"), "{model}");
    }
    let cached = TokenCounts {
        cache_read: 1_000_000,
        cache_write_5m: 1_000_000,
        ..TokenCounts::default()
    };
    // $0.30 for reads and $3.75 for writes.
    let dollars = cost(SONNET_4, "", 0, cached);
    assert_eq!(dollars.as_deref(), Some("4.05"));
    let gov = "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-micro-v1:0";
    for (model, context, dollars) in [
        (SONNET_4, 200_000, "18"),
        (SONNET_4, 200_001, "28.5"),
        ("eu.anthropic.claude-opus-4-7", 0, "33"),
        ("bedrock/eu.anthropic.claude-opus-4-7", 0, "33"),
        ("global.anthropic.claude-opus-4-7", 0, "30"),
        ("bedrock/global.anthropic.claude-opus-4-7", 0, "30"),
        ("bedrock/us-gov-west-1/amazon.nova-micro-v1:0", 0, "0.21"),
        (gov, 0, "0.21"),
        ("amazon.nova-micro-v1:0", 0, "0.175"),
    ] {
        let found = cost(model, "", context, tokens(1_000_000, 1_000_000));
        assert_eq!(found.as_deref(), Some(dollars), "{model} {context}");
    }
}

#[test]
fn a_tier_has_its_own_price_or_none() {
    for (model, tier, dollars) in [
        ("amazon.nova-pro-v1:0", "standard", Some("4")),
        ("amazon.nova-pro-v1:0", "flex", Some("2")),
        ("amazon.nova-pro-v1:0", "priority", Some("7")),
        ("amazon.nova-pro-v1:0", "batch", Some("2")),
        // No source has these, and they are not the standard price.
        ("amazon.nova-pro-v1:0", "optimized", None),
        ("amazon.nova-micro-v1:0", "flex", None),
        ("eu.anthropic.claude-opus-4-7", "priority", None),
    ] {
        let found = cost(model, tier, 0, tokens(1_000_000, 1_000_000));
        assert_eq!(found.as_deref(), dollars, "{model} {tier}");
    }
}

#[test]
fn no_row_is_there_twice_and_every_id_finds_its_row() {
    let book = prices::built_in();
    let mut keys = BTreeMap::new();
    for row in book.rows().iter().chain(book.imported().rows()) {
        let key = (
            row.model.as_str(),
            &row.region,
            row.tier.as_str(),
            row.above,
            row.from,
        );
        assert_eq!(keys.insert(key, &row.id), None, "{key:?}");
        assert_eq!(book.by_id(row.id.as_str()), Some(row));
    }
}

#[test]
fn every_imported_row_is_in_force_on_its_first_day() {
    let book = prices::built_in();
    for row in book.imported().rows() {
        let found = book.price_of(&Lookup {
            model: row.model.as_str(),
            region: row.region.as_deref(),
            date: row.from,
            tier: &row.tier,
            context: if row.above == 0 { 0 } else { row.above + 1 },
        });
        assert_eq!(found, Some(row));
    }
}
