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
    let fits = [5.0, 2.0, 1.0].map(|factor| factor * power);
    let step = fits
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

/// A time of the axis, UTC: the day where the axis is longer than two days.
pub(super) fn time(at: Timestamp, seconds: i64) -> String {
    let format = if seconds > 2 * 86_400 {
        "%m-%d %H:%M"
    } else {
        "%H:%M"
    };
    at.strftime(format).to_string()
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
    fn a_value_has_its_place_and_none_is_outside() {
        let axis = Axis::new(0.0, 10.0, 100.0, 0.0);
        for (value, expected) in [(0.0, "100.0"), (5.0, "50.0"), (10.0, "0.0"), (99.0, "0.0")] {
            assert_eq!(format!("{:.1}", axis.place(value)), expected);
        }
    }
}
