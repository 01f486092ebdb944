//! The values of fields.

use std::{str::FromStr, time::Duration};

use rust_decimal::Decimal;

use crate::{
    Invalid,
    invalid::{self, sized},
};

/// The longest time: beyond a week a repair is not automatic any more.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Text that is not empty.
pub(super) struct Text(pub(super) String);

impl FromStr for Text {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 255)?;
        Ok(Self(text.to_owned()))
    }
}

/// A whole number above 0.
pub(super) struct Positive(pub(super) u32);

impl FromStr for Positive {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(Invalid(format!("{text:?} is not a whole number above 0"))),
        }
    }
}

/// A decimal above 1 and at most 10.
pub(super) struct Factor(pub(super) Decimal);

impl FromStr for Factor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Decimal::from_str_exact(text) {
            Ok(factor) if factor > Decimal::ONE && factor <= Decimal::TEN => Ok(Self(factor)),
            _ => Err(Invalid(format!(
                "{text:?} is not a factor above 1 and at most 10"
            ))),
        }
    }
}

/// A decimal number of US dollars above 0.
pub(super) struct Dollars(pub(super) Decimal);

impl FromStr for Dollars {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Decimal::from_str_exact(text) {
            Ok(dollars) if dollars > Decimal::ZERO => Ok(Self(dollars)),
            _ => Err(Invalid(format!(
                "{text:?} is not a number of dollars above 0, such as `2.50`"
            ))),
        }
    }
}

/// `30m`, `1h 30m`, `PT30M`.
pub(super) struct Span(pub(super) Duration);

impl FromStr for Span {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match invalid::span(text) {
            Some(span) if !span.is_zero() && span <= LONGEST => Ok(Self(span)),
            _ => Err(Invalid(format!(
                "{text:?} is not a time such as `30m` or `PT1H`, at most a week"
            ))),
        }
    }
}
