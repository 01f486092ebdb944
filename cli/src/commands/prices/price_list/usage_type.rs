//! Usage types of the price list.

use crate::commands::prices::offer::Kind;

/// The kinds' spellings without separators, the longest of a beginning first.
const KINDS: [(&str, Kind); 14] = [
    ("cachewrite1hinputtokencount", Kind::CacheWrite1h),
    ("cachewritetokens1h", Kind::CacheWrite1h),
    ("cachewriteinputtokencount", Kind::CacheWrite5m),
    ("cachewritetokens", Kind::CacheWrite5m),
    ("cachereadinputtokencount", Kind::CacheRead),
    ("cachereadtokens", Kind::CacheRead),
    ("textinputtokens", Kind::Input),
    ("textoutputtokens", Kind::Output),
    ("inputtokencount", Kind::Input),
    ("inputtokens", Kind::Input),
    ("inputtoken", Kind::Input),
    ("outputtokencount", Kind::Output),
    ("outputtokens", Kind::Output),
    ("outputtoken", Kind::Output),
];

/// What follows a kind, without separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    Standard,
    Batch,
    Flex,
    Priority,
    Optimized,
    Long,
    Global,
    Geographic,
}

const FLAGS: [(&str, Flag); 11] = [
    ("crossregionglobal", Flag::Global),
    ("crossregiongeo", Flag::Geographic),
    ("global", Flag::Global),
    ("geo", Flag::Geographic),
    ("latencyoptimized", Flag::Optimized),
    ("standard", Flag::Standard),
    ("batch", Flag::Batch),
    ("flex", Flag::Flex),
    ("priority", Flag::Priority),
    ("longctx", Flag::Long),
    ("lctx", Flag::Long),
];

/// Reads a usage type: the model's name in it, the kind of token, and what follows. `None` where anything else follows:
/// custom models, reserved capacity, images.
pub(super) fn read(usage_type: &str) -> Option<(&str, Kind, Vec<Flag>)> {
    let (name, rest) = if let Some((_, rest)) = usage_type.split_once("-MP:") {
        ("", rest.split_once('_')?.1.strip_suffix("-Units")?)
    } else {
        let (_, rest) = usage_type.split_once('-')?;
        let lower = rest.to_ascii_lowercase();
        let starts = [
            "-text-input-",
            "-text-output-",
            "-cache-",
            "-input-",
            "-output-",
        ];
        let start = starts.iter().filter_map(|start| lower.find(start)).min()?;
        (&rest[..start], &rest[start..])
    };
    let letters: String = rest
        .chars()
        .filter(|letter| !['-', '_'].contains(letter))
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let (mut rest, kind) = KINDS
        .iter()
        .find_map(|(spelling, kind)| Some((letters.strip_prefix(spelling)?, *kind)))?;
    let mut flags = Vec::new();
    while !rest.is_empty() {
        let (after, flag) = FLAGS
            .iter()
            .find_map(|(spelling, flag)| Some((rest.strip_prefix(spelling)?, *flag)))?;
        flags.push(flag);
        rest = after;
    }
    Some((name, kind, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_type_is_read_in_its_three_spellings_and_others_are_not_prices_of_tokens() {
        use Flag::{Batch, Flex, Global, Long, Optimized, Priority, Standard};
        for (usage_type, expected) in [
            (
                "USE1-NovaPro-input-tokens",
                Some(("NovaPro", Kind::Input, vec![])),
            ),
            (
                "USE1-NovaPro-output-tokens-flex",
                Some(("NovaPro", Kind::Output, vec![Flex])),
            ),
            (
                "USE1-NovaPro-cache-read-input-token-count",
                Some(("NovaPro", Kind::CacheRead, vec![])),
            ),
            (
                "USE1-Nova2.0Lite-input-tokens-cross-region-global-batch",
                Some(("Nova2.0Lite", Kind::Input, vec![Global, Batch])),
            ),
            (
                "USE1-qwen.qwen3-32b-mantle-input-tokens-priority",
                Some(("qwen.qwen3-32b-mantle", Kind::Input, vec![Priority])),
            ),
            (
                "USE1-MP:USE1_InputTokenCount_Global_Batch-Units",
                Some(("", Kind::Input, vec![Global, Batch])),
            ),
            (
                "USE1-MP:USE1_InputTokenCount_LCtx_Global-Units",
                Some(("", Kind::Input, vec![Long, Global])),
            ),
            (
                "USE1-MP:USE1_OutputTokenCount_LatencyOptimized-Units",
                Some(("", Kind::Output, vec![Optimized])),
            ),
            (
                "USE1-MP:USE1_CacheWrite1hInputTokenCount-Units",
                Some(("", Kind::CacheWrite1h, vec![])),
            ),
            (
                "USW2-MP:USW2_cache_write_tokens_1h_standard-Units",
                Some(("", Kind::CacheWrite1h, vec![Standard])),
            ),
            (
                "USW2-MP:USW2_output_tokens_long_ctx_standard-Units",
                Some(("", Kind::Output, vec![Long, Standard])),
            ),
            ("USE1-NovaPro-input-tokens-custom-model", None),
            ("USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", None),
            ("USE1-NovaCanvas-T2I-1024-Standard", None),
            ("USE1-ModelStorage", None),
            ("", None),
        ] {
            assert_eq!(read(usage_type), expected, "{usage_type}");
        }
    }
}
