//! The parameters of the line's stack.

use super::{Options, operator::PARAMETER_PREFIX};
use crate::deploy::OVERRIDES;

/// The parameters that the stack is deployed with.
pub(super) fn parameters(options: &Options, server: &str) -> Vec<(String, String)> {
    let fixed = fixed(server).map(|(name, value)| (name.to_owned(), value));
    fixed
        .into_iter()
        .chain(options.parameters.iter().cloned())
        .collect()
}

/// The parameters that every line sets.
pub(super) fn fixed(server: &str) -> [(&'static str, String); 11] {
    let text = str::to_owned;
    [
        ("SlackApiUrl", format!("{server}/api")),
        ("PagerDutyUrl", text(server)),
        ("Environment", text("dev")),
        ("Emulated", text("true")),
        ("SlackParameterPrefix", text(PARAMETER_PREFIX)),
        ("SlackAllowedHosts", text("127.0.0.1")),
        ("OverrideBucket", text(OVERRIDES)),
        ("MinuteSettleSeconds", text("0")),
        ("BedrockUsage", text("true")),
        // The page is an address like another.
        ("Probes", text("true")),
        ("WebApiUrl", text(server)),
    ]
}
