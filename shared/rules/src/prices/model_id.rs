//! Model ids as requests name them, and what prices are looked up by.

use std::borrow::Cow;

/// A model id, resolved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ModelId<'a> {
    /// The id that was invoked, without a gateway's prefix and an ARN: a model's or an inference profile's, or one with
    /// its endpoint (`bedrock_mantle/…`).
    pub(super) invoked: Cow<'a, str>,
    /// The model's id: without the geography and without the endpoint.
    pub(super) model: &'a str,
    /// The Region that the id or the ARN names.
    pub(super) region: Option<&'a str>,
}

/// The geographies that lead an inference profile's id (Amazon Bedrock user guide, "Geographic and global cross-Region
/// inference").
pub(super) const GEOGRAPHIES: [&str; 10] = [
    "us-gov", "us", "eu", "apac", "jp", "au", "ca", "sa", "in", GLOBAL,
];
/// Routes anywhere: it is no geography, and a pattern that begins with `*.` is not for it.
const GLOBAL: &str = "global";

/// The first segment of a gateway's id for a model on Bedrock: `LiteLLM`, the AI SDK, `OpenCode`.
const GATEWAYS: [&str; 5] = [
    "bedrock",
    "bedrock_converse",
    "amazon-bedrock",
    "amazon_bedrock",
    "aws-bedrock",
];
/// Segments after it that name an operation (`LiteLLM` documentation, "AWS Bedrock").
const OPERATIONS: [&str; 5] = [
    "converse",
    "invoke",
    "converse_like",
    "async_invoke",
    "responses",
];
/// Bedrock's endpoint with the APIs of `OpenAI` and Anthropic, some of whose prices differ.
const MANTLE: &str = "bedrock_mantle";

impl<'a> ModelId<'a> {
    /// Resolves an id, an inference profile's id, an ARN of either, or one of these with a gateway's prefix.
    pub(super) fn read(text: &'a str) -> Self {
        let mut region = None;
        let mut rest = text.strip_prefix("bedrock:").unwrap_or(text);
        let mut is_mantle = false;
        if let Some((first, after)) = rest.split_once('/')
            && (GATEWAYS.contains(&first) || first == MANTLE)
        {
            is_mantle = first == MANTLE;
            rest = after;
            while let Some((segment, after)) = rest.split_once('/') {
                if is_region(segment) {
                    region = Some(segment);
                } else if !OPERATIONS.contains(&segment) {
                    break;
                }
                rest = after;
            }
        }
        if rest.starts_with("arn:") {
            // arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude…, or
            // …::foundation-model/anthropic.claude…
            region = rest.split(':').nth(3).filter(|region| !region.is_empty());
            rest = rest.rsplit('/').next().unwrap_or(rest);
        }
        let model = match rest.split_once('.') {
            Some((geography, model)) if GEOGRAPHIES.contains(&geography) => model,
            _ => rest,
        };
        let invoked = if !is_mantle {
            Cow::Borrowed(rest)
        } else if text.len() == MANTLE.len() + 1 + rest.len() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(format!("{MANTLE}/{rest}"))
        };
        Self {
            invoked,
            model,
            region,
        }
    }

    /// Whether the id is a profile's or an endpoint's, rather than the model's own.
    pub(super) fn is_profile(&self) -> bool {
        self.invoked != self.model
    }

    /// Whether the id is a global profile's.
    pub(super) fn is_global(&self) -> bool {
        let geography = self.invoked.split_once('.');
        geography.is_some_and(|(geography, _)| geography == GLOBAL)
    }
}

/// Whether a text has the form of a Region's code, such as `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    parts.next().is_some_and(is_number) && parts.clone().count() >= 2 && parts.all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_resolves_to_its_profile_its_model_and_its_region() {
        const HAIKU: &str = "anthropic.claude-3-haiku-20240307-v1:0";
        for (text, invoked, model, region) in [
            (HAIKU, HAIKU, HAIKU, None),
            (
                "us.amazon.nova-micro-v1:0",
                "us.amazon.nova-micro-v1:0",
                "amazon.nova-micro-v1:0",
                None,
            ),
            (
                "global.anthropic.claude-x",
                "global.anthropic.claude-x",
                "anthropic.claude-x",
                None,
            ),
            (
                "us-gov.anthropic.claude-x",
                "us-gov.anthropic.claude-x",
                "anthropic.claude-x",
                None,
            ),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
                "amazon.nova-micro-v1:0",
                "amazon.nova-micro-v1:0",
                Some("us-east-1"),
            ),
            (
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
                "eu.amazon.nova-lite-v1:0",
                "amazon.nova-lite-v1:0",
                Some("eu-west-1"),
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-x",
                "us-gov.anthropic.claude-x",
                "anthropic.claude-x",
                Some("us-gov-west-1"),
            ),
            ("bedrock/global.a.x", "global.a.x", "a.x", None),
            ("bedrock/converse/eu.a.x", "eu.a.x", "a.x", None),
            ("bedrock/us-east-1/a.x", "a.x", "a.x", Some("us-east-1")),
            (
                "bedrock/invoke/us-gov-west-1/a.x",
                "a.x",
                "a.x",
                Some("us-gov-west-1"),
            ),
            ("bedrock_converse/us.a.x", "us.a.x", "a.x", None),
            ("amazon-bedrock/us.a.x", "us.a.x", "a.x", None),
            ("bedrock:us.a.x", "us.a.x", "a.x", None),
            (
                "bedrock/arn:aws:bedrock:eu-west-3::foundation-model/a.x",
                "a.x",
                "a.x",
                Some("eu-west-3"),
            ),
            ("bedrock_mantle/a.x", "bedrock_mantle/a.x", "a.x", None),
            (
                "bedrock_mantle/us-gov-east-1/a.x",
                "bedrock_mantle/a.x",
                "a.x",
                Some("us-gov-east-1"),
            ),
            (
                "bedrock/claude_platform/claude-x",
                "claude_platform/claude-x",
                "claude_platform/claude-x",
                None,
            ),
            ("us-east-1/a.x", "us-east-1/a.x", "us-east-1/a.x", None),
            ("anthropic.us.x", "anthropic.us.x", "anthropic.us.x", None),
            ("", "", "", None),
            ("arn:", "arn:", "arn:", None),
        ] {
            let id = ModelId::read(text);
            let found = (id.invoked.as_ref(), id.model, id.region);
            assert_eq!(found, (invoked, model, region), "{text}");
        }
    }

    #[test]
    fn a_global_profile_is_known_behind_a_prefix() {
        for (text, is_global) in [
            ("global.a.x", true),
            ("bedrock/global.a.x", true),
            ("bedrock/converse/global.a.x", true),
            ("eu.a.x", false),
            ("a.global.x", false),
        ] {
            assert_eq!(ModelId::read(text).is_global(), is_global, "{text}");
        }
    }

    #[test]
    fn a_region_is_words_and_a_number() {
        for (text, expected) in [
            ("us-east-1", true),
            ("us-gov-west-1", true),
            ("ap-southeast-3", true),
            ("us-east", false),
            ("east-1", false),
            ("us--1", false),
            ("us-east-", false),
            ("Us-East-1", false),
            ("claude-3-5", false),
        ] {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }
}
