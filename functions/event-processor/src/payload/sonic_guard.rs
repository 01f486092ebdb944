//! The guard of sonic-rs: texts that it accepts in fields that no rule reads, and `serde_json` does not, are left to
//! `serde_json`. The check costs a hundredth of the reading. Found by fuzzing (`tests/fuzz`).

use memchr::{memchr, memchr2_iter};

/// Most lists and objects of an event. sonic-rs skips nested values recursively, without a limit, so a megabyte of `[`
/// would end the process; `serde_json` stops at 128 levels.
const MOST_CONTAINERS: usize = 127;

/// Whether sonic-rs reads the text as `serde_json` does.
pub(super) fn is_safe(text: &str) -> bool {
    is_shallow(text.as_bytes()) && has_plain_escapes(text.as_bytes())
}

/// Whether no value can stand too deep, by counting what opens one.
fn is_shallow(json: &[u8]) -> bool {
    memchr2_iter(b'{', b'[', json)
        .nth(MOST_CONTAINERS)
        .is_none()
}

/// Whether every escape is one of JSON's, and no half of a surrogate pair: sonic-rs takes anything after a backslash.
fn has_plain_escapes(mut json: &[u8]) -> bool {
    while let Some(place) = memchr(b'\\', json) {
        let escape = &json[place + 1..];
        let length = match escape {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 1,
            [b'u', hex @ ..] if is_whole_character(hex) => 5,
            _ => return false,
        };
        json = &escape[length..];
    }
    true
}

/// Whether a text begins with the four hexadecimal digits of a character, and not of a surrogate (`D800` to `DFFF`).
fn is_whole_character(hex: &[u8]) -> bool {
    let Some(digits) = hex.first_chunk::<4>() else {
        return false;
    };
    let is_surrogate = digits[0].eq_ignore_ascii_case(&b'd') && !(b'0'..=b'7').contains(&digits[1]);
    digits.iter().all(u8::is_ascii_hexdigit) && !is_surrogate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_texts_and_odd_escapes_are_not_safe() {
        for (text, expected) in [
            (r#"{"a":"plain"}"#, true),
            (r#"{"a":"\" \\ \/ \b \f \n \r \t \u00e9"}"#, true),
            (r#"{"a":"\\u"}"#, true),
            (r#"{"a":"\ud7ff\ue000"}"#, true),
            (r#"{"a":"\q"}"#, false),
            (r#"{"a":"\u00"}"#, false),
            (r#"{"a":"\u00g0"}"#, false),
            (r#"{"a":"\ud83d\ude00"}"#, false),
            (r#"{"a":"\uDBFF"}"#, false),
            ("{\"a\":\"\\", false),
        ] {
            assert_eq!(is_safe(text), expected, "{text}");
        }
        assert!(is_safe(&"[".repeat(MOST_CONTAINERS)));
        assert!(!is_safe(&"[{".repeat(MOST_CONTAINERS)));
    }
}
