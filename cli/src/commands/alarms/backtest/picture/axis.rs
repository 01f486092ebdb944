//! The axes of a plot.

use jiff::Timestamp;

/// An axis: values, and their places in the picture.
pub(super) struct Axis {
    pub(super) first: f64,
    pub(super) last: f64,
    begin: f64,
    end: f64,
}

impl Axis {
    /// An axis from a value at a place to a value at a place.
    pub(super) fn new(first: f64, last: f64, begin: f64, end: f64) -> Self {
        Self {
            first,
            last,
            begin,
            end,
        }
    }

    /// The place of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        let length = self.last - self.first;
        let share = if length > 0.0 {
            (value - self.first) / length
        } else {
            0.0
        };
        self.begin + share.clamp(0.0, 1.0) * (self.end - self.begin)
    }
}

/// Round values of an axis: multiples of 1, 2 or 5 times a power of ten, four to nine of them.
pub(super) fn ticks(first: f64, last: f64) -> Vec<f64> {
    let length = last - first;
    if !(length.is_finite() && length > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf((length / 4.0).log10().floor());
    let steps = [5.0, 2.0, 1.0].map(|factor| factor * power);
    let step = steps
        .into_iter()
        .find(|step| length / step >= 4.0)
        .unwrap_or(power);
    let begin = (first / step).ceil();
    (0..10)
        .map(|count| (begin + f64::from(count)) * step)
        .take_while(|value| *value <= last)
        // The nearest short number: 3 × 0.1 is 0.30000000000000004.
        .map(|value| format!("{value:.6e}").parse().unwrap_or(value))
        .collect()
}

/// Seconds between the times of an axis: parts of hours and days, and days.
const STEPS: [i64; 12] = [
    60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000,
];

/// The most times of an axis: so many labels have room.
const MOST_TIMES: i64 = 8;

/// Round times of an axis in UTC, from and to in seconds, with their labels.
pub(super) fn time_ticks(from: i64, to: i64) -> Vec<(f64, String)> {
    let fits = |step: &&i64| **step * MOST_TIMES >= to - from;
    let step = STEPS.iter().find(fits).copied().unwrap_or(to - from).max(1);
    let format = match step {
        86_400.. => "%m-%d",
        _ if to - from > 86_400 => "%m-%d %H:%M",
        _ => "%H:%M",
    };
    let first = from.div_euclid(step) + i64::from(from.rem_euclid(step) != 0);
    (first..=to.div_euclid(step))
        .filter_map(|count| {
            let at = Timestamp::from_second(count * step).ok()?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "seconds of our time are far below 2^52"
            )]
            let place = (count * step) as f64;
            Some((place, at.strftime(format).to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        for (first, last, expected) in [
            (0.0, 10.0, vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
            (0.0, 0.5, vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
            (-3.0, 7.0, vec![-2.0, 0.0, 2.0, 4.0, 6.0]),
            (
                0.0,
                21_000.0,
                vec![0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0],
            ),
            (1.0, 1.0, vec![]),
        ] {
            assert_eq!(ticks(first, last), expected, "{first} {last}");
        }
    }

    #[test]
    fn times_are_round_and_have_room() {
        let labels = |from: &str, to: &str| -> Vec<String> {
            let [from, to] = [from, to].map(|at| at.parse::<Timestamp>().unwrap().as_second());
            time_ticks(from, to)
                .into_iter()
                .map(|(_, label)| label)
                .collect()
        };
        assert_eq!(
            labels("2026-11-30T00:03:00Z", "2026-11-30T04:00:00Z"),
            ["01:00", "02:00", "03:00", "04:00"]
        );
        assert_eq!(
            labels("2026-11-29T20:03:00Z", "2026-11-30T23:00:00Z"),
            ["11-30 00:00", "11-30 06:00", "11-30 12:00", "11-30 18:00"]
        );
        assert_eq!(
            labels("2026-11-01T00:20:00Z", "2026-11-05T00:00:00Z"),
            [
                "11-01 12:00",
                "11-02 00:00",
                "11-02 12:00",
                "11-03 00:00",
                "11-03 12:00",
                "11-04 00:00",
                "11-04 12:00",
                "11-05 00:00"
            ]
        );
        assert!((3..=8).contains(&labels("2026-10-01T00:20:00Z", "2026-11-25T00:00:00Z").len()));
    }

    #[test]
    fn a_value_has_its_place_and_none_is_outside() {
        let axis = Axis::new(0.0, 10.0, 100.0, 0.0);
        for (value, expected) in [(0.0, "100.0"), (5.0, "50.0"), (10.0, "0.0"), (99.0, "0.0")] {
            assert_eq!(format!("{:.1}", axis.place(value)), expected);
        }
    }
}
