//! Money as people read it.

use rust_decimal::{Decimal, RoundingStrategy};

/// The exact sum of two amounts; `None` where 28 digits do not hold it.
pub fn exact_add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    if left.is_zero() || right.is_zero() {
        // Zero takes part as it is written, so that 0 and 1.50 make 1.50.
        let mut total = if left.is_zero() { right } else { left };
        total.rescale(scale);
        return (total.scale() == scale).then_some(total);
    }
    // `checked_add` rounds where the digits of both do not fit together, and the scale shows it.
    let total = left.checked_add(right)?;
    (total.scale() == scale).then_some(total)
}

/// An amount: two decimals, thousands separated; four decimals where it is less than a cent, so that it does not read
/// as nothing.
pub fn money(amount: Decimal) -> String {
    let decimals = if !amount.is_zero() && amount.abs() < Decimal::new(1, 2) {
        4
    } else {
        2
    };
    let rounded = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let places = decimals as usize;
    grouped(&format!("{rounded:.places$}"))
}

/// An amount in a column of amounts: always two decimals; what would read as nothing is said to be less than a cent.
pub fn cents(amount: Decimal) -> String {
    let cent = Decimal::new(1, 2);
    match (amount.is_zero(), amount.abs() < cent) {
        (false, true) if amount.is_sign_negative() => "> -0.01".to_owned(),
        (false, true) => "< 0.01".to_owned(),
        _ => money(amount),
    }
}

/// The cost of a unit, which is often far below a cent: as [`money`], or three significant digits below a cent.
pub fn unit_cost(cost: Decimal) -> String {
    /// Digits that distinguish unit costs.
    const SIGNIFICANT: u32 = 3;
    if cost.is_zero() || cost >= Decimal::new(1, 2) {
        return money(cost);
    }
    let rounded = cost.round_sf(SIGNIFICANT).unwrap_or(cost);
    rounded.normalize().to_string()
}

/// Dollars: `$1,234.50`, `-$3.00`.
pub fn dollars(amount: Decimal) -> String {
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}${}", money(amount.abs()))
}

/// A number in digits with its thousands separated.
pub fn grouped(written: &str) -> String {
    let (sign, digits) = written
        .strip_prefix('-')
        .map_or(("", written), |digits| ("-", digits));
    let (whole, fraction) = digits
        .find('.')
        .map_or((digits, ""), |point| digits.split_at(point));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_two_decimals_and_less_than_a_cent_is_not_nothing() {
        for (amount, expected) in [
            ("0", "0.00"),
            ("1234567.895", "1,234,567.90"),
            ("1234.5", "1,234.50"),
            ("999", "999.00"),
            ("1000", "1,000.00"),
            ("0.0034", "0.0034"),
            ("-12.5", "-12.50"),
            ("-1234.5", "-1,234.50"),
            ("0.01", "0.01"),
        ] {
            assert_eq!(money(amount.parse().unwrap()), expected);
        }
    }

    #[test]
    fn an_amount_in_a_column_always_has_two_decimals() {
        for (amount, expected) in [
            ("0", "0.00"),
            ("0.0014", "< 0.01"),
            ("-0.0014", "> -0.01"),
            ("-1.5", "-1.50"),
            ("12345", "12,345.00"),
        ] {
            assert_eq!(cents(amount.parse().unwrap()), expected);
        }
    }

    #[test]
    fn the_sign_stands_before_the_dollar() {
        for (amount, expected) in [
            ("1234.5", "$1,234.50"),
            ("-1234.5", "-$1,234.50"),
            ("-0.0", "$0.00"),
            ("0.005", "$0.0050"),
        ] {
            assert_eq!(dollars(amount.parse().unwrap()), expected);
        }
    }
}
