//! Functions of the values of one series.

use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::{
    super::{Context, Function, Series, Value},
    count,
};

/// From each value and the one before, with the seconds between; the first has none before.
pub(super) fn steps(
    series: &Series,
    context: &Context<'_>,
    of: impl Fn(f64, f64) -> f64,
) -> Series {
    let mut before: Option<(Timestamp, f64)> = None;
    series
        .iter()
        .zip(context.starts)
        .map(|(value, &at)| {
            let value = (*value)?;
            let (earlier, last) = before.replace((at, value))?;
            #[expect(clippy::cast_precision_loss, reason = "seconds of a week at most")]
            let seconds = (at.as_second() - earlier.as_second()) as f64;
            Some(of(value - last, seconds)).filter(|value| value.is_finite())
        })
        .collect()
}

pub(super) fn running_sum(series: Series) -> Series {
    let mut sum = 0.0;
    series
        .into_iter()
        .map(|value| {
            sum += value?;
            Some(sum)
        })
        .collect()
}

/// A gap at the beginning has no value before it, and stays.
pub(super) fn repeated(series: Series) -> Series {
    let mut last = None;
    series
        .into_iter()
        .map(|value| {
            last = value.or(last);
            last
        })
        .collect()
}

/// A gap at the beginning or end has a value on one side only, and stays: AWS does not say.
pub(super) fn interpolated(series: &Series) -> Series {
    let values: Vec<(usize, f64)> = series
        .iter()
        .enumerate()
        .filter_map(|(place, value)| Some((place, (*value)?)))
        .collect();
    let between = |place: usize| {
        let &(left, a) = values.iter().rev().find(|(at, _)| *at < place)?;
        let &(right, b) = values.iter().find(|(at, _)| *at > place)?;
        Some(a + (b - a) * count(place - left) / count(right - left))
    };
    series
        .iter()
        .enumerate()
        .map(|(place, value)| value.or_else(|| between(place)))
        .collect()
}

/// A value in every period, from its start in UTC.
pub(super) fn calendar(function: Function, context: &Context<'_>) -> Value {
    let of = |at: &Timestamp| {
        let zoned: Zoned = at.to_zoned(TimeZone::UTC);
        Some(match function {
            Function::Minute => f64::from(zoned.minute()),
            Function::Hour => f64::from(zoned.hour()),
            Function::Day => f64::from(zoned.weekday().to_monday_one_offset()),
            Function::Date => f64::from(zoned.day()),
            Function::Month => f64::from(zoned.month()),
            Function::Year => f64::from(zoned.year()),
            #[expect(clippy::cast_precision_loss, reason = "seconds are exact up to 2^53")]
            _ => at.as_second() as f64,
        })
    };
    Value::Series(context.starts.iter().map(of).collect())
}
