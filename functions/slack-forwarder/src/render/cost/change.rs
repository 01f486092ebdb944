//! Changes of amounts, as people read them.

use picket_shared::money::money;
use rust_decimal::Decimal;

/// `+1.20 (+12 %)`; no percentage of nothing.
pub(super) fn difference(now: Decimal, before: Decimal) -> String {
    let Some(change) = now.checked_sub(before) else {
        return "unknown".to_owned();
    };
    match percent(change, before) {
        Some(percent) => format!("{} ({percent})", signed(change)),
        None => signed(change),
    }
}

/// `+12 %`; `None` of nothing or less.
pub(super) fn percent(change: Decimal, of: Decimal) -> Option<String> {
    let percent = change.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of)?;
    let rounded = percent.round();
    let sign = sign(rounded);
    (of > Decimal::ZERO).then(|| format!("{sign}{} %", rounded.normalize()))
}

/// With its sign; a change of less than a cent is none that anybody looks for.
pub(super) fn signed(change: Decimal) -> String {
    let rounded = change.round_dp(2);
    format!("{}{}", sign(rounded), money(rounded))
}

fn sign(amount: Decimal) -> &'static str {
    if amount.is_sign_negative() && !amount.is_zero() {
        ""
    } else {
        "+"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_change_has_a_sign_and_a_percentage_where_there_is_one() {
        for (now, before, expected) in [
            ("12", "10", "+2.00 (+20 %)"),
            ("8", "10", "-2.00 (-20 %)"),
            ("10", "10", "+0.00 (+0 %)"),
            ("5", "0", "+5.00"),
            ("5", "-1", "+6.00"),
            ("10.001", "10", "+0.00 (+0 %)"),
        ] {
            assert_eq!(difference(decimal(now), decimal(before)), expected);
        }
    }
}
