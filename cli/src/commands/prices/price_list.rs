//! AWS's Price List, as its bulk API has it: the offer files of `AmazonBedrock` and `AmazonBedrockFoundationModels`
//! (AWS Billing user guide, "Reading service price list files"). `products` name a Region and a usage type, and
//! `terms.OnDemand` has their prices by SKU, as decimal texts.
//!
//! A usage type names the kind of token, the tier, and whether a global profile was used, in three spellings:
//! `USE1-NovaPro-input-tokens-flex`, `USE1-MP:USE1_InputTokenCount_Global_Batch-Units` and
//! `USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units`.

mod usage_type;

use std::collections::BTreeMap;

use picket_rules::prices::{Rates, Tier};
use serde::Deserialize;

use super::offer::{Kind, LeftOut, Offer, Offers, per_million};
use usage_type::Flag;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferFile {
    products: BTreeMap<String, Product>,
    terms: Terms,
}

#[derive(Debug, Deserialize)]
struct Product {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, BTreeMap<String, Term>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

/// Ends the name of a model that is sold through AWS Marketplace.
const EDITION: &str = " (Amazon Bedrock Edition)";
/// Ends the name of a model at optimized latency.
const OPTIMIZED: &str = " latency optimized";

/// A model by its name in the list.
struct Model<'a> {
    id: &'a str,
    step: u64,
    by_profile: bool,
}

/// A price of the list.
struct Listed {
    model: String,
    region: String,
    tier: Tier,
    above: u64,
    kind: Kind,
    price: rust_decimal::Decimal,
}

/// Whether a JSON text is an offer file rather than a table.
pub(super) fn is_offer_file(text: &str) -> bool {
    text.contains("\"offerCode\"") && text.contains("\"products\"")
}

/// Reads an offer file; `Err` is the reason why it is none.
pub(super) fn read(text: &str) -> Result<Offers, String> {
    let file: OfferFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut offers = Offers::default();
    let mut prices: BTreeMap<(String, String), BTreeMap<(Tier, u64), Rates>> = BTreeMap::new();
    for (sku, product) in &file.products {
        let Some(terms) = file.terms.on_demand.get(sku) else {
            continue;
        };
        match listed(&product.attributes, terms) {
            Ok(Some(listed)) => {
                let model = prices.entry((listed.model, listed.region)).or_default();
                let rates = model.entry((listed.tier, listed.above)).or_default();
                listed.kind.set(rates, Some(listed.price));
            }
            Ok(None) => {}
            Err(reason) => offers.left_out.push(LeftOut {
                entry: attribute(&product.attributes, "usagetype").to_owned(),
                reason,
            }),
        }
    }
    offers.offers = prices
        .into_iter()
        .map(|((model, region), prices)| Offer {
            model,
            region: Some(region),
            prices,
        })
        .collect();
    offers.left_out.sort();
    Ok(offers)
}

fn attribute<'a>(attributes: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    attributes.get(name).map_or("", String::as_str)
}

/// Reads a product's price; `None` is no price of text tokens on demand.
fn listed(
    attributes: &BTreeMap<String, String>,
    terms: &BTreeMap<String, Term>,
) -> Result<Option<Listed>, String> {
    let usage_type = attribute(attributes, "usagetype");
    let Some((name_in_type, kind, flags)) = usage_type::read(usage_type) else {
        return Ok(None);
    };
    let name = ["model", "titanModel", "servicename"]
        .into_iter()
        .map(|name| attribute(attributes, name))
        .find(|name| !name.is_empty())
        .unwrap_or_default();
    let name = name.strip_suffix(EDITION).unwrap_or(name);
    // Lower case of ASCII has the same length.
    let (name, is_optimized) = match name.to_ascii_lowercase().strip_suffix(OPTIMIZED) {
        Some(model) => (&name[..model.len()], true),
        None => (name, flags.contains(&Flag::Optimized)),
    };
    let is_mantle = name_in_type.ends_with("-mantle");
    let own_id = name_in_type.trim_end_matches("-mantle");
    let model = named(name).or_else(|| {
        // Newer usage types contain the model's id.
        own_id.contains('.').then_some(Model {
            id: own_id,
            step: 0,
            by_profile: false,
        })
    });
    let model = model.ok_or_else(|| format!("no model's id is known for the name {name:?}"))?;
    let region = attribute(attributes, "regionCode");
    let tier = tier(attribute(attributes, "service_tier"), is_optimized, &flags);
    let above = match (flags.contains(&Flag::Long), model.step) {
        (false, _) => 0,
        (true, 0) => return Err(format!("the context step of {name:?} is not known")),
        (true, step) => step,
    };
    let id = if is_mantle {
        format!("bedrock_mantle/{}", model.id)
    } else if flags.contains(&Flag::Global) {
        format!("global.{}", model.id)
    } else if model.by_profile || flags.contains(&Flag::Geographic) {
        format!("{}.{}", geography(region)?, model.id)
    } else {
        model.id.to_owned()
    };
    let price = price(terms)?;
    Ok((!price.is_zero()).then(|| Listed {
        model: id,
        region: region.to_owned(),
        tier,
        above,
        kind,
        price,
    }))
}

fn tier(attribute: &str, is_optimized: bool, flags: &[Flag]) -> Tier {
    let of_flag = flags.iter().find_map(|flag| match flag {
        Flag::Batch => Some("batch"),
        Flag::Flex => Some("flex"),
        Flag::Priority => Some("priority"),
        _ => None,
    });
    let word = of_flag.unwrap_or(if is_optimized { "optimized" } else { attribute });
    Tier::read(word)
}

fn named(name: &str) -> Option<Model<'static>> {
    let lines = include_str!("names.csv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut cells = line.split(',');
            let (known, id, step, profiles) =
                (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            (known == name).then_some(Model {
                id,
                step: step.parse().ok()?,
                by_profile: profiles == "yes",
            })
        })
}

/// The geography whose profiles are invoked in a Region (Amazon Bedrock user guide, "Supported Regions and models for
/// inference profiles").
fn geography(region: &str) -> Result<&'static str, String> {
    let starts = [
        ("us-gov-", "us-gov"),
        ("us-", "us"),
        ("ca-", "us"),
        ("eu-", "eu"),
        ("ap-northeast-1", "jp"),
        ("ap-northeast-3", "jp"),
        ("ap-southeast-2", "au"),
        ("ap-southeast-4", "au"),
        ("ap-", "apac"),
    ];
    starts
        .into_iter()
        .find_map(|(start, geography)| region.starts_with(start).then_some(geography))
        .ok_or_else(|| format!("the geography of the Region {region:?} is not known"))
}

/// Returns the price in dollars per million tokens.
fn price(terms: &BTreeMap<String, Term>) -> Result<rust_decimal::Decimal, String> {
    let mut dimensions = terms
        .values()
        .flat_map(|term| term.price_dimensions.values());
    let (Some(dimension), None) = (dimensions.next(), dimensions.next()) else {
        return Err("it has not one price, but several or none".to_owned());
    };
    let unit = format!("{} {}", dimension.unit, dimension.description).to_ascii_lowercase();
    let tokens = if unit.starts_with("1k") || unit.contains("per 1k ") {
        1_000
    } else if ["1m", "units"].iter().any(|start| unit.starts_with(start)) {
        1_000_000
    } else {
        return Err(format!("its unit is {:?}", dimension.unit));
    };
    let dollars = dimension.price_per_unit.get("USD");
    dollars
        .and_then(|dollars| per_million(dollars, tokens))
        .ok_or_else(|| "it has no price in US dollars".to_owned())
}

#[cfg(test)]
mod tests;
