//! Plain scalars by the rules of YAML 1.1 (types `null`, `bool`, `int` and `float`, <https://yaml.org/type/>).

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Number, Value};

static INTEGER: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        "^[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)$",
    )
});

static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*)$",
    )
});

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a literal expression, which a test compiles")
}

/// The value of a plain scalar. What JSON has no number for stays a text.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    let number = if INTEGER.is_match(text) {
        integer(text).map(Number::from)
    } else if FLOAT.is_match(text) {
        float(text).and_then(Number::from_f64)
    } else {
        None
    };
    number.map_or_else(|| text.into(), Value::Number)
}

fn integer(text: &str) -> Option<i64> {
    let text = text.replace('_', "");
    let (sign, digits) = signed(&text);
    let value = if let Some(binary) = digits.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()?
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        i64::from_str_radix(hexadecimal, 16).ok()?
    } else if digits.contains(':') {
        digits.split(':').try_fold(0_i64, |value, part| {
            value.checked_mul(60)?.checked_add(part.parse().ok()?)
        })?
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()?
    } else {
        digits.parse().ok()?
    };
    Some(sign * value)
}

fn float(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let (sign, digits) = signed(&text);
    let value = digits.split(':').try_fold(0.0, |value, part| {
        Some(value * 60.0 + part.parse::<f64>().ok()?)
    })?;
    Some(if sign < 0 { -value } else { value })
}

fn signed(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}
