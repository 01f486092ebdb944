//! Numbers as people read them.

use picket_shared::money::grouped;

/// Digits that distinguish one small value from another at a glance.
const SIGNIFICANT: usize = 4;
/// From here on nobody reads a fraction.
const WHOLE: f64 = 10_000.0;
/// From here on digits are no longer read but counted: `1e15`.
const LONG: f64 = 1e15;
/// Below this, zeros are no longer read but counted.
const SMALL: f64 = 1e-6;

/// A metric's value: thousands separated, with two decimals, or with four significant digits below one.
pub(crate) fn value(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.abs() >= LONG || number.abs() < SMALL {
        return format!("{number:e}");
    }
    let decimals = if number.abs() >= WHOLE {
        0
    } else if number.abs() >= 1.0 {
        2
    } else {
        // 0.00123 has two zeros before its first digit, and they do not count.
        SIGNIFICANT + leading_zeros(number)
    };
    grouped(trimmed(&format!("{number:.decimals$}")))
}

/// Writes two values so that they differ: where rounding would make them equal, they are written in full.
pub(crate) fn values(first: f64, second: f64) -> (String, String) {
    let rounded = (value(first), value(second));
    if rounded.0 == rounded.1 && (first - second).abs() > 0.0 {
        return (grouped(&first.to_string()), grouped(&second.to_string()));
    }
    rounded
}

/// A count for the eye: `1.92 M`, `19.4 k`.
pub(crate) fn short_count(number: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        // Hundredths, cut off: a count is never made larger than it is.
        let hundredths = number / (unit / 100);
        format!("{}.{:02} {name}", hundredths / 100, hundredths % 100)
    };
    match number {
        1_000_000_000.. => scaled(1_000_000_000, "G"),
        1_000_000.. => scaled(1_000_000, "M"),
        10_000.. => scaled(1_000, "k"),
        _ => count(number),
    }
}

/// A whole number, thousands separated.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn leading_zeros(number: f64) -> usize {
    let digits = format!("{:.12}", number.abs());
    digits
        .chars()
        .skip(2)
        .take_while(|digit| *digit == '0')
        .count()
}

fn trimmed(written: &str) -> &str {
    if written.contains('.') {
        written.trim_end_matches('0').trim_end_matches('.')
    } else {
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_exact_enough() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (5230.0, "5,230"),
            (1_234_567.891, "1,234,568"),
            (99.501_602, "99.5"),
            (812.25, "812.25"),
            (0.066_685_19, "0.06669"),
            (0.4, "0.4"),
            (0.001_234_567, "0.001235"),
            (-45_628.4, "-45,628"),
            (1e20, "1e20"),
            (1.5e-9, "1.5e-9"),
        ] {
            assert_eq!(value(number), expected);
        }
    }

    #[test]
    fn values_that_differ_never_look_the_same() {
        assert_eq!(
            values(5000.001, 5000.0),
            ("5,000.001".to_owned(), "5,000".to_owned())
        );
        assert_eq!(
            values(5230.0, 5000.0),
            ("5,230".to_owned(), "5,000".to_owned())
        );
    }

    #[test]
    fn counts_are_short() {
        for (number, expected) in [
            (0, "0"),
            (9_999, "9,999"),
            (19_366, "19.36 k"),
            (1_929_000, "1.92 M"),
            (u64::MAX, "18446744073.70 G"),
        ] {
            assert_eq!(short_count(number), expected);
        }
    }
}
