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

/// Amounts as a line of bars, the lowest of them the smallest amount.
pub(super) fn sparkline(amounts: &[Decimal]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (Some(least), Some(most)) = (amounts.iter().min(), amounts.iter().max()) else {
        return String::new();
    };
    let span = most.checked_sub(*least).filter(|span| !span.is_zero());
    let bar = |amount: &Decimal| {
        let height = amount
            .checked_sub(*least)
            .zip(span)
            .and_then(|(above, span)| above.checked_mul(Decimal::from(7))?.checked_div(span))
            .map_or(0, |height| {
                (1..=7)
                    .filter(|step| height >= Decimal::from(*step))
                    .count()
            });
        BARS[height.min(7)]
    };
    amounts.iter().map(bar).collect()
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

    #[test]
    fn a_sparkline_reaches_from_the_least_to_the_most() {
        for (amounts, expected) in [
            (&["0", "1", "2", "3", "4", "5", "6", "7"][..], "▁▂▃▄▅▆▇█"),
            (&["100", "107", "103.5"], "▁█▄"),
            (&["5", "5"], "▁▁"),
            (&["-7", "0"], "▁█"),
            (&[], ""),
        ] {
            let amounts: Vec<_> = amounts.iter().map(|text| decimal(text)).collect();
            assert_eq!(sparkline(&amounts), expected);
        }
    }
}
