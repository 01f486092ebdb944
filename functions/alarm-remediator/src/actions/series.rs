//! Counts out of the values that CloudWatch gives.

/// The sum of a series.
pub(crate) fn sum(values: &[f64]) -> u64 {
    whole(values.iter().sum())
}

/// The greatest value of a series; 0 where it is empty.
pub(crate) fn most(values: &[f64]) -> u64 {
    whole(values.iter().copied().fold(0.0, f64::max))
}

/// The count nearest to a value.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and takes what is not a number for 0"
)]
pub(crate) fn whole(value: f64) -> u64 {
    value.round() as u64
}
