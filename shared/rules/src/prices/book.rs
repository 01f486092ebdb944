//! All rows, and which of them is in force.

use jiff::civil::Date;

use super::Price;

/// The rows of a file, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceBook(pub(super) Vec<Price>);

/// The geographies that lead an inference profile's id (Amazon Bedrock user guide, "Geographic and global cross-Region
/// inference").
const GEOGRAPHIES: [&str; 9] = [
    "us-gov", "us", "eu", "apac", "jp", "au", "ca", "sa", "global",
];

impl PriceBook {
    /// The row in force for a model on a day: of those that fit, the one with the longest model pattern, then one for
    /// the region before one for all, then the latest. `None` is unpriced.
    ///
    /// The model may be an id, an inference profile's id (`us.anthropic.…`) or an ARN of either.
    pub fn find(&self, model: &str, region: Option<&str>, date: Date) -> Option<&Price> {
        let (profile, id) = resolve(model);
        let fits = |price: &&Price| {
            let pattern = &price.model;
            (pattern.matches(id) || pattern.matches(profile))
                && price
                    .region
                    .as_deref()
                    .is_none_or(|only| Some(only) == region)
                && price.from <= date
        };
        self.0
            .iter()
            .filter(fits)
            .max_by_key(|price| (price.model.fixed(), price.region.is_some(), price.from))
    }

    /// The row with this id, in force or superseded.
    pub fn by_id(&self, id: &str) -> Option<&Price> {
        self.0.iter().find(|price| price.id.as_str() == id)
    }

    /// Every row, in the order of the file.
    pub fn rows(&self) -> &[Price] {
        &self.0
    }
}

/// The id as it was invoked, and without the geography of an inference profile.
fn resolve(model: &str) -> (&str, &str) {
    // arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude…, or
    // …::foundation-model/anthropic.claude…
    let invoked = if model.starts_with("arn:") {
        model.rsplit('/').next().unwrap_or(model)
    } else {
        model
    };
    let id = match invoked.split_once('.') {
        Some((geography, id)) if GEOGRAPHIES.contains(&geography) => id,
        _ => invoked,
    };
    (invoked, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_and_an_arn_resolve_to_their_model() {
        for (model, id) in [
            (
                "anthropic.claude-3-haiku-20240307-v1:0",
                "anthropic.claude-3-haiku-20240307-v1:0",
            ),
            ("us.amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0"),
            (
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
                "amazon.nova-micro-v1:0",
            ),
            (
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
                "amazon.nova-lite-v1:0",
            ),
            ("us-gov.anthropic.claude-x", "anthropic.claude-x"),
            ("anthropic.us.x", "anthropic.us.x"),
            ("", ""),
        ] {
            assert_eq!(resolve(model).1, id, "{model}");
        }
    }
}
