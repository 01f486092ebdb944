//! Amounts as a line of bars, for a monospaced font.

use rust_decimal::Decimal;

/// The bars, lowest first (Unicode block elements).
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// An amount that is not known.
const UNKNOWN: char = '·';

/// A bar for each amount, from zero to the largest one; `·` is unknown.
pub(super) fn bars_from_zero(amounts: impl IntoIterator<Item = Option<Decimal>>) -> String {
    let amounts: Vec<_> = amounts.into_iter().collect();
    let largest = amounts.iter().flatten().max().copied().unwrap_or_default();
    let bar = |amount: Decimal| {
        // Rounded up: what is not nothing is higher than nothing.
        let steps = amount.checked_mul(Decimal::from(BARS.len() - 1));
        let level = steps.and_then(|steps| steps.checked_div(largest));
        let level = level.and_then(|level| usize::try_from(level.ceil()).ok());
        BARS[level.unwrap_or(0).min(BARS.len() - 1)]
    };
    amounts
        .iter()
        .map(|amount| amount.map_or(UNKNOWN, bar))
        .collect()
}

/// A bar for each amount, from the smallest amount to the largest: a change shows where all amounts are far from zero.
pub(super) fn bars_from_least(amounts: &[Decimal]) -> String {
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

    #[test]
    fn bars_go_from_nothing_to_the_largest() {
        for (amounts, bars) in [
            (vec![Some("0"), Some("70"), Some("35")], "▁█▅"),
            (vec![Some("0.0001"), Some("1000")], "▂█"),
            (vec![Some("1"), None, Some("2")], "▅·█"),
            (vec![Some("0"), Some("0")], "▁▁"),
            (vec![Some("-5"), Some("5")], "▁█"),
            (vec![None], "·"),
            (vec![], ""),
        ] {
            let amounts: Vec<Option<Decimal>> = amounts
                .iter()
                .map(|amount| amount.map(|amount| amount.parse().unwrap()))
                .collect();
            assert_eq!(bars_from_zero(amounts), bars);
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
            let amounts: Vec<Decimal> = amounts.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(bars_from_least(&amounts), expected);
        }
    }
}
