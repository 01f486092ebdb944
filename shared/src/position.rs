//! The position of an event in its shard, as a sort key whose text order is the shard's order.

use std::{fmt, str::FromStr};

/// A place in a shard: sequence number, then the index of the event inside its record before any filtering.
///
/// The text is a 3-digit length, the digits, a dot and a 10-digit sub-position. Sequence numbers have up to 129 digits
/// (Kinesis `SequenceNumber` allows 128) and DynamoDB numbers keep 38, hence text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(String);

/// The reason why a text is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a position in a shard: a sequence number has 1 to 129 digits")]
pub struct InvalidPosition(String);

const LONGEST_SEQUENCE_NUMBER: usize = 129;
const LENGTH_DIGITS: usize = 3;
/// An `u32` has ten.
const SUB_DIGITS: usize = ZEROS.len();
const ZEROS: &str = "0000000000";

impl Position {
    /// Before the first event of any shard.
    pub fn start() -> Self {
        Self("000".to_owned())
    }

    /// The place of event `sub` in the record `sequence_number`. Leading zeros are dropped, so that equal numbers are
    /// equal places.
    pub fn new(sequence_number: &str, sub: u32) -> Result<Self, InvalidPosition> {
        check(sequence_number)?;
        let digits = digits(sequence_number);
        let mut text = String::with_capacity(LENGTH_DIGITS + digits.len() + 1 + SUB_DIGITS);
        push_number(&mut text, digits.len(), LENGTH_DIGITS);
        text.push_str(digits);
        text.push('.');
        push_number(&mut text, sub as usize, SUB_DIGITS);
        Ok(Self(text))
    }

    /// The sort key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The record's sequence number; `None` at the start.
    pub fn sequence_number(&self) -> Option<&str> {
        self.0
            .get(LENGTH_DIGITS..)?
            .split_once('.')
            .map(|(digits, _)| digits)
    }

    /// The place of another event of the same record; the start has none but itself.
    #[must_use]
    pub fn with_sub(&self, sub: u32) -> Self {
        match self.sequence_number() {
            Some(digits) => Self(format!("{}{digits}.{sub:010}", &self.0[..LENGTH_DIGITS])),
            None => self.clone(),
        }
    }

    /// The end of this one's record: behind every event that it may hold, since no record holds so many.
    #[must_use]
    pub fn end_of_record(&self) -> Self {
        self.with_sub(u32::MAX)
    }

    /// The index inside the record; 0 at the start.
    pub fn sub(&self) -> u32 {
        self.0
            .split_once('.')
            .and_then(|(_, sub)| sub.parse().ok())
            .unwrap_or(0)
    }
}

/// Refuses what is no sequence number.
pub fn check(sequence_number: &str) -> Result<(), InvalidPosition> {
    let digits = digits(sequence_number);
    let is_legal = (1..=LONGEST_SEQUENCE_NUMBER).contains(&digits.len())
        // All of them, without a way out on the way: a loop that takes many bytes at once.
        && digits.bytes().fold(true, |all, byte| all & byte.is_ascii_digit());
    if is_legal {
        return Ok(());
    }
    Err(InvalidPosition(sequence_number.to_owned()))
}

/// A sequence number's digits without leading zeros: of two numbers, the longer is the larger, and of two as long the
/// later in the alphabet.
pub fn digits(sequence_number: &str) -> &str {
    match sequence_number.trim_start_matches('0') {
        "" if !sequence_number.is_empty() => "0",
        digits => digits,
    }
}

/// Writes a number with leading zeros.
fn push_number(text: &mut String, number: usize, digits: usize) {
    if number == 0 {
        return text.push_str(&ZEROS[..digits]);
    }
    for place in (0..digits).rev() {
        let digit = number / 10_usize.pow(u32::try_from(place).unwrap_or_default()) % 10;
        text.push(char::from(b"0123456789"[digit]));
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidPosition(text.to_owned());
        if text == "000" {
            return Ok(Self::start());
        }
        let (digits, sub) = text
            .get(LENGTH_DIGITS..)
            .and_then(|rest| rest.split_once('.'))
            .ok_or_else(invalid)?;
        let position = Self::new(digits, sub.parse().map_err(|_| invalid())?)?;
        if position.0 == text {
            Ok(position)
        } else {
            Err(invalid())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_position_is_length_digits_and_sub() {
        let position = Position::new("4959", 7).unwrap();
        assert_eq!(position.as_str(), "0044959.0000000007");
        assert_eq!(
            (position.sequence_number(), position.sub()),
            (Some("4959"), 7)
        );
        assert_eq!(Position::new("0", 0).unwrap().as_str(), "0010.0000000000");
        assert_eq!(Position::start().sequence_number(), None);
    }

    #[test]
    fn a_record_ends_behind_all_its_events_and_before_the_next() {
        let end = Position::new("4959", 7).unwrap().end_of_record();
        assert_eq!(end, Position::new("4959", u32::MAX).unwrap());
        assert_eq!(end.as_str(), "0044959.4294967295");
        assert!(end < Position::new("4960", 0).unwrap());
        assert_eq!(Position::start().end_of_record(), Position::start());
    }

    #[test]
    fn what_is_no_sequence_number_is_refused() {
        for text in ["", "12a", "-1", " 1", &"9".repeat(130)] {
            assert!(Position::new(text, 0).is_err(), "{text:?}");
        }
        for text in ["", "00", "0044959", "0034959.0000000000", "0044959.7"] {
            assert!(text.parse::<Position>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn text_order_is_number_order(a: u128, b: u128, sub_a: u32, sub_b: u32) {
            let position_a = Position::new(&a.to_string(), sub_a).unwrap();
            let position_b = Position::new(&b.to_string(), sub_b).unwrap();
            prop_assert_eq!(position_a.cmp(&position_b), (a, sub_a).cmp(&(b, sub_b)));
            prop_assert!(Position::start() < position_a);
            prop_assert_eq!(position_a.as_str().parse::<Position>().unwrap(), position_a);
        }
    }
}
