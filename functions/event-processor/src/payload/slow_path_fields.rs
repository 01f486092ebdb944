//! JSON containers: objects whose events, tokens or messages stand in other fields than the rules' own.
//!
//! An event without a container's fields takes the fast path and is never searched (docs/decisions/0023). So every
//! container declares here, in one exhaustive `match` each, the top-level fields and the texts that it cannot be
//! without, and it is read through these declarations alone: one whose fields are wrong is read on neither path, and
//! its own tests fail.

use std::sync::LazyLock;

use memchr::{memchr2_iter, memmem::Finder};
use picket_rules::filter::Lookups;
use serde_json::{Map, Value};
use strum::VariantArray;

/// A JSON container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(crate) enum Container {
    /// The envelope of a CloudWatch Logs subscription.
    Subscription,
    /// A message of Picket's own functions.
    FleetMessage,
    /// A record of Bedrock's model-invocation logs.
    InvocationLog,
    /// A response of a model: its `usage` object, at the top or in `metadata`.
    Usage,
    /// The metrics in the last chunk of a streamed response.
    InvocationMetrics,
    /// A `usage` object of Converse alone.
    ConverseUsage,
    /// The token-count headers of a response.
    Headers,
}

impl Container {
    /// The top-level fields of the object, one of which it always has. [`Container::InvocationLog`] has all of its
    /// fields there.
    pub(crate) const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Subscription => &["logEvents"],
            Self::FleetMessage => &["picket"],
            Self::InvocationLog => &["schemaType"],
            Self::Usage => &["usage", "metadata"],
            Self::InvocationMetrics => &["amazon-bedrock-invocationMetrics"],
            Self::ConverseUsage => &["inputTokens"],
            Self::Headers => &[
                "headers",
                "ResponseMetadata",
                "$response",
                "$metadata",
                "x-amzn-bedrock-input-token-count",
                "X-Amzn-Bedrock-Input-Token-Count",
                "X-AMZN-BEDROCK-INPUT-TOKEN-COUNT",
            ],
        }
    }

    /// Texts, one of which is always in the object's JSON.
    const fn texts(self) -> Texts {
        match self {
            Self::Subscription => Texts::Exact("\"logEvents\""),
            Self::FleetMessage => Texts::Exact("\"picket\""),
            Self::InvocationLog => Texts::Exact("\"ModelInvocationLog\""),
            Self::Usage => Texts::Exact("\"usage\""),
            Self::InvocationMetrics => Texts::Exact("-invocationMetrics\""),
            Self::ConverseUsage => Texts::Exact("\"inputTokens\""),
            Self::Headers => Texts::TokenCountHeader,
        }
    }

    /// Whether an object has one of the container's fields, in any case: headers' names are equal so.
    pub(crate) fn is_in(self, event: &Map<String, Value>) -> bool {
        let is_field = |key: &String| {
            self.fields()
                .iter()
                .any(|field| key.eq_ignore_ascii_case(field))
        };
        event.keys().any(is_field)
    }
}

/// The text that shows a container.
enum Texts {
    /// This one.
    Exact(&'static str),
    /// The end of a token-count header's name, in any case.
    TokenCountHeader,
}

static SUBSCRIPTION: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| finders(&[Container::Subscription]));
/// Those of the containers that an event, other than an envelope, may be. A subscription's envelope is recognised
/// before its events are read.
static OTHERS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let others = Container::VARIANTS.iter().copied();
    let others: Vec<_> = others
        .filter(|other| *other != Container::Subscription)
        .collect();
    finders(&others)
});

fn finders(containers: &[Container]) -> Vec<Finder<'static>> {
    let texts = containers
        .iter()
        .filter_map(|container| match container.texts() {
            Texts::Exact(text) => Some(text),
            Texts::TokenCountHeader => None,
        });
    texts.map(Finder::new).collect()
}

/// Makes the readers of events report the containers' fields.
pub(crate) fn watch(lookups: &mut Lookups) {
    for field in Container::VARIANTS
        .iter()
        .flat_map(|container| container.fields())
    {
        lookups.watch(field);
    }
}

/// Whether a text may be a subscription's envelope.
pub(crate) fn may_be_envelope(text: &str) -> bool {
    are_in(&SUBSCRIPTION, text)
}

/// Whether a text may be any other container, so that it must be read whole. A search is far cheaper than that.
pub(crate) fn may_be_container(text: &str) -> bool {
    are_in(&OTHERS, text) || has_token_count_header(text)
}

fn are_in(finders: &[Finder<'_>], text: &str) -> bool {
    finders
        .iter()
        .any(|finder| finder.find(text.as_bytes()).is_some())
}

/// The end of a token-count header's name.
const TOKEN_COUNT: &[u8] = b"token-count\"";
/// The index of its rarest letter.
const RAREST: usize = 2;

/// Whether a token-count header is in the text, its name in any case, as in HTTP.
fn has_token_count_header(text: &str) -> bool {
    let text = text.as_bytes();
    memchr2_iter(b'k', b'K', text).any(|index| {
        let start = index.checked_sub(RAREST);
        let name = start.and_then(|start| text.get(start..start + TOKEN_COUNT.len()));
        name.is_some_and(|name| name.eq_ignore_ascii_case(TOKEN_COUNT))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_count_header_is_found_in_any_case_and_nothing_else() {
        for (text, expected) in [
            (r#"{"x-amzn-bedrock-input-token-count":"1"}"#, true),
            (r#"{"X-Amzn-Bedrock-Input-Token-Count":"1"}"#, true),
            (r#"{"X-AMZN-BEDROCK-INPUT-TOKEN-COUNT":"1"}"#, true),
            (r#"{"x-AMZN-bedrock-input-tOKEN-cOUNT":"1"}"#, true),
            (r#"token-count""#, true),
            (r#"{"token-counts":"1"}"#, false),
            (r#"{"note":"token-count of it"}"#, false),
            ("oken-count\"", false),
            ("token-coun", false),
            ("k", false),
            ("kKkékK", false),
            ("", false),
        ] {
            assert_eq!(has_token_count_header(text), expected, "{text}");
        }
    }
}
