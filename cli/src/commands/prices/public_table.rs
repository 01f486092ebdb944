//! The public table of prices in the Python package `litellm`: `model_prices_and_context_window…json`, an object of
//! models whose `input_cost_per_token` and other fields are dollars a token.

use std::collections::BTreeMap;

use picket_rules::prices::{Rates, Tier};
use serde_json::value::RawValue;

use super::offer::{Kind, LeftOut, Offer, Offers, per_million};

/// An entry's fields as text: a price must not pass through a float.
type Entry<'a> = BTreeMap<String, &'a RawValue>;

/// The fields, without what follows: the longest of a beginning first.
const FIELDS: [(&str, Kind); 5] = [
    (
        "cache_creation_input_token_cost_above_1hr",
        Kind::CacheWrite1h,
    ),
    ("cache_creation_input_token_cost", Kind::CacheWrite5m),
    ("cache_read_input_token_cost", Kind::CacheRead),
    ("input_cost_per_token", Kind::Input),
    ("output_cost_per_token", Kind::Output),
];

/// Modes whose tokens are text.
const MODES: [&str; 4] = ["chat", "responses", "completion", "embedding"];

/// Reads a table; `Err` is the reason why it is none.
pub(super) fn read(text: &str) -> Result<Offers, String> {
    let models: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut offers = Offers::default();
    for (model, entry) in models {
        // The table begins with a sample whose fields are sentences.
        let Ok(entry) = serde_json::from_str::<Entry<'_>>(entry.get()) else {
            continue;
        };
        if !word(&entry, "litellm_provider").starts_with("bedrock") {
            continue;
        }
        let mode = word(&entry, "mode");
        let read = if MODES.contains(&mode) {
            prices(&entry)
        } else {
            Err(format!("its mode is {mode}, not text"))
        };
        match read {
            Ok(prices) => offers.offers.push(Offer {
                model,
                region: None,
                prices,
            }),
            Err(reason) => offers.left_out.push(LeftOut {
                entry: model,
                reason,
            }),
        }
    }
    Ok(offers)
}

fn word<'a>(entry: &Entry<'a>, name: &str) -> &'a str {
    let text = entry.get(name).map_or("", |value| value.get());
    text.trim_matches('"')
}

fn prices(entry: &Entry<'_>) -> Result<BTreeMap<(Tier, u64), Rates>, String> {
    let mut prices: BTreeMap<(Tier, u64), Rates> = BTreeMap::new();
    for (name, value) in entry {
        let Some((kind, tier, above)) = field(name) else {
            continue;
        };
        let price = per_million(value.get(), 1);
        let price = price.ok_or_else(|| format!("`{name}` is {value}, not a price"))?;
        // An embedding's output, and what a gateway does not know. Nothing that Bedrock sells is free.
        if !price.is_zero() {
            kind.set(prices.entry((tier, above)).or_default(), Some(price));
        }
    }
    if prices.is_empty() {
        return Err("it has no price for tokens: capacity is sold by the hour".to_owned());
    }
    Ok(prices)
}

/// Reads a field's name, such as `input_cost_per_token_above_200k_tokens_batches`: kind, tier and context step.
fn field(name: &str) -> Option<(Kind, Tier, u64)> {
    let (rest, kind) = FIELDS
        .iter()
        .find_map(|(field, kind)| Some((name.strip_prefix(field)?, *kind)))?;
    let (step, tier) = match rest.strip_prefix("_above_") {
        Some(step) => step.split_once("k_tokens")?,
        None => ("0", rest),
    };
    let above = step.parse::<u64>().ok()?.checked_mul(1_000)?;
    let tier = match tier.strip_prefix('_') {
        None if tier.is_empty() => Tier::STANDARD,
        Some("batches") => Tier::BATCH,
        Some(word) if word.bytes().all(|byte| byte.is_ascii_lowercase()) => Tier::read(word),
        _ => return None,
    };
    Some((kind, tier, above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fields_name_is_a_kind_a_tier_and_a_context_step() {
        for (name, expected) in [
            ("input_cost_per_token", Some((Kind::Input, "standard", 0))),
            (
                "output_cost_per_token_above_272k_tokens_ultrafast",
                Some((Kind::Output, "ultrafast", 272_000)),
            ),
            (
                "cache_creation_input_token_cost_above_1hr",
                Some((Kind::CacheWrite1h, "standard", 0)),
            ),
            (
                "cache_creation_input_token_cost_above_1hr_above_200k_tokens",
                Some((Kind::CacheWrite1h, "standard", 200_000)),
            ),
            (
                "cache_creation_input_token_cost_above_200k_tokens",
                Some((Kind::CacheWrite5m, "standard", 200_000)),
            ),
            (
                "cache_read_input_token_cost_priority",
                Some((Kind::CacheRead, "priority", 0)),
            ),
            (
                "input_cost_per_token_batches",
                Some((Kind::Input, "batch", 0)),
            ),
            ("input_cost_per_token_above_some_tokens", None),
            ("input_cost_per_second", None),
            ("search_context_cost_per_query", None),
        ] {
            let read = field(name);
            let read = read
                .as_ref()
                .map(|(kind, tier, above)| (*kind, tier.as_str(), *above));
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn a_table_is_read_to_the_last_digit_and_what_is_left_out_has_a_reason() {
        let offers = read(
            r#"{
            "sample_spec": {"mode": "one of: chat", "litellm_provider": "one of", "input_cost_per_token": 0.0},
            "gpt-4": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-05},
            "a.m": {"litellm_provider": "bedrock_converse", "mode": "chat", "input_cost_per_token": 1.0725e-07,
                "output_cost_per_token": 3e-06, "input_cost_per_token_batches": 5e-8, "max_tokens": 8192},
            "a.e": {"litellm_provider": "bedrock", "mode": "embedding", "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0},
            "bedrock/*/1-month-commitment/a.m": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_second": 0.011},
            "a.i": {"litellm_provider": "bedrock", "mode": "image_generation", "output_cost_per_image": 0.06}
        }"#,
        )
        .unwrap();
        let [embedding, model] = offers.offers.as_slice() else {
            panic!("{offers:?}");
        };
        let rates = |input: &str, output: Option<&str>| Rates {
            input: input.parse().ok(),
            output: output.and_then(|output| output.parse().ok()),
            ..Rates::default()
        };
        assert_eq!(
            embedding.prices,
            BTreeMap::from([((Tier::STANDARD, 0), rates("0.02", None))])
        );
        assert_eq!(
            model.prices,
            BTreeMap::from([
                ((Tier::STANDARD, 0), rates("0.10725", Some("3"))),
                ((Tier::BATCH, 0), rates("0.05", None)),
            ])
        );
        let left_out: Vec<_> = offers
            .left_out
            .iter()
            .map(|out| out.entry.as_str())
            .collect();
        assert_eq!(left_out, ["a.i", "bedrock/*/1-month-commitment/a.m"]);
        assert!(read("[]").is_err());
    }
}
