//! The limits and name rules that CloudWatch sets for metrics (CloudWatch API reference: `PutMetricData`,
//! `MetricDatum`, `Dimension`). They are here once: rules, the event processor's totals, sketches and packing read
//! them from here, and `picket-cloudwatch` re-exports them as `limits`.

use jiff::SignedDuration;

/// The longest namespace, metric name and dimension name, in characters (`PutMetricData`, `MetricDatum`, `Dimension`).
pub const LONGEST_NAME: usize = 255;
/// The longest dimension value, in characters (`Dimension`).
pub const LONGEST_VALUE: usize = 1024;
/// The number of dimensions of a metric (`MetricDatum`, `Dimensions`).
pub const MOST_DIMENSIONS: usize = 30;
/// The number of datapoints in a request (`PutMetricData`, `MetricData`).
pub const MOST_DATA: usize = 1_000;
/// The size of a request in bytes (`PutMetricData`). AWS does not document whether it counts before or after
/// compression; Picket counts before.
pub const MOST_BYTES: usize = 1_000_000;
/// The number of unique values of a metric in a request (`PutMetricData`, `MetricDatum`, `Values`).
pub const MOST_VALUES: usize = 150;
/// Values lie between -2^360 and 2^360 (`MetricDatum`, `Value`). 1,023 is the bias of an IEEE 754 exponent.
pub const LARGEST_VALUE: f64 = f64::from_bits((360 + 1_023) << 52);
/// The greatest age of a datapoint (`PutMetricData`, `Timestamp`).
pub const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How far ahead of the present a datapoint may be (`PutMetricData`, `Timestamp`).
pub const NEWEST: SignedDuration = SignedDuration::from_hours(2);
/// CloudWatch's units (`StandardUnit`).
pub const UNITS: [&str; 27] = [
    "None",
    "Count",
    "Percent",
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Count/Second",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
];

/// Whether CloudWatch accepts a value.
pub fn is_value(value: f64) -> bool {
    value.is_finite() && value.abs() <= LARGEST_VALUE
}

/// Whether CloudWatch accepts a metric name: 1 to 255 printable ASCII characters, not all of them spaces.
pub fn is_name(name: &str) -> bool {
    is_text(name, LONGEST_NAME)
}

/// Whether CloudWatch accepts a dimension's name: a name that does not start with `:`.
pub fn is_dimension_name(name: &str) -> bool {
    is_name(name) && !name.starts_with(':')
}

/// Whether CloudWatch accepts a dimension's value: 1 to 1,024 printable ASCII characters, not all of them spaces.
pub fn is_dimension_value(value: &str) -> bool {
    is_text(value, LONGEST_VALUE)
}

/// Whether CloudWatch accepts datapoints in a namespace: letters, digits, spaces and `.-_/#:`, not starting with `:` or
/// with `AWS/`, which is reserved for AWS services.
pub fn is_namespace(namespace: &str) -> bool {
    is_name(namespace)
        && !namespace.starts_with("AWS/")
        && !namespace.starts_with(':')
        && namespace
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte))
}

fn is_text(text: &str, longest: usize) -> bool {
    // Byte by byte without an early return, which the compiler vectorizes: every event's dimensions are checked.
    let all = |fits: fn(u8) -> bool| text.bytes().fold(true, |all, byte| all & fits(byte));
    (1..=longest).contains(&text.len())
        && all(|byte| (b' '..=b'~').contains(&byte))
        && !all(|byte| byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lie_within_2_to_the_power_of_360() {
        assert_eq!(LARGEST_VALUE.to_bits(), 2_f64.powi(360).to_bits());
        for value in [0.0, -LARGEST_VALUE, LARGEST_VALUE] {
            assert!(is_value(value), "{value}");
        }
        for value in [
            f64::NAN,
            f64::INFINITY,
            2_f64.powi(361),
            -LARGEST_VALUE.next_up(),
        ] {
            assert!(!is_value(value), "{value}");
        }
    }

    #[test]
    fn names_are_printable_ascii_of_a_limited_length() {
        let long = |length| "x".repeat(length);
        for (name, expected) in [
            ("Requests", true),
            (":Requests", true),
            (long(255).as_str(), true),
            (long(256).as_str(), false),
            ("", false),
            ("  ", false),
            ("caf\u{e9}", false),
            ("a\tb", false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
        assert!(!is_dimension_name(":x"));
        assert!(is_dimension_value(&long(1_024)) && !is_dimension_value(&long(1_025)));
    }

    #[test]
    fn namespaces_are_not_those_of_aws() {
        for (namespace, expected) in [
            ("BedrockUsage", true),
            ("a b.c-d_e#f:g", true),
            ("AWS/Lambda", false),
            (":x", false),
            ("a$b", false),
        ] {
            assert_eq!(is_namespace(namespace), expected, "{namespace}");
        }
    }
}
