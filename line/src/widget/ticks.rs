//! Round numbers for axes.

/// Divisions of the axis of values, at most.
const MOST_DIVISIONS: f64 = 5.0;
/// Marks on the axis of time, at most.
const MOST_TIMES: i64 = 5;
/// Lengths between two times: what a person reads on a clock.
const STEPS: [i64; 11] = [
    60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
];

/// Round values that enclose a range, lowest first.
pub(super) fn values(lowest: f64, highest: f64) -> Vec<f64> {
    let span = highest - lowest;
    if !span.is_finite() || span <= 0.0 {
        return vec![lowest, lowest + 1.0];
    }
    let size = 10_f64.powf((span / MOST_DIVISIONS).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0].map(|step| step * size);
    let enclosed = |step: f64| (lowest / step).floor()..=(highest / step).ceil();
    let fits = |step: &f64| {
        let range = enclosed(*step);
        range.end() - range.start() <= MOST_DIVISIONS
    };
    let step = steps.into_iter().find(fits).unwrap_or(span);
    let range = enclosed(step);
    let mut ticks = vec![];
    let mut number = *range.start();
    while number <= *range.end() {
        ticks.push(number * step);
        number += 1.0;
    }
    ticks
}

/// Round times within a range, in seconds since 1970.
pub(super) fn times(start: i64, end: i64) -> Vec<i64> {
    let count = |step: i64| end.div_euclid(step) - (start - 1).div_euclid(step);
    let fits = |step: &i64| count(*step) <= MOST_TIMES;
    let step = STEPS.into_iter().find(fits).unwrap_or(604_800);
    let first = (start - 1).div_euclid(step) + 1;
    (0..count(step))
        .map(|number| (first + number) * step)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::letters;
    use super::*;

    #[test]
    fn values_are_round_and_enclose_the_range() {
        let written = |lowest, highest| {
            let ticks = values(lowest, highest);
            ticks.into_iter().map(letters::short).collect::<Vec<_>>()
        };
        assert_eq!(written(0.0, 61.0), ["0", "20", "40", "60", "80"]);
        assert_eq!(written(0.0, 0.9), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(written(-2.0, 9.0), ["-2.5", "0", "2.5", "5", "7.5", "10"]);
        assert_eq!(written(3.0, 3.0), ["3", "4"]);
        for highest in [0.003, 1.0, 9.99, 50.6, 999.0, 1e12] {
            let ticks = values(0.0, highest);
            assert!((3..=6).contains(&ticks.len()), "{highest}: {ticks:?}");
            assert!(ticks[ticks.len() - 1] >= highest, "{highest}: {ticks:?}");
        }
    }

    #[test]
    fn times_are_whole_minutes_hours_or_days() {
        let hour = 3_600;
        assert_eq!(times(125, 725), [240, 360, 480, 600, 720]);
        assert_eq!(times(0, hour), [0, 900, 1_800, 2_700, 3_600]);
        assert_eq!(
            times(1, 24 * hour),
            [6 * hour, 12 * hour, 18 * hour, 24 * hour]
        );
        assert!(times(61, 62).is_empty());
    }
}
