//! Places in a shard, read by the oracle on its own: numbers, not texts.

/// A sequence number and the index of an event; 0, 0 is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Position {
    pub(crate) number: u128,
    pub(crate) sub: u64,
}

impl Position {
    pub(crate) fn new(number: u128, sub: usize) -> Self {
        Self {
            number,
            sub: sub as u64,
        }
    }

    /// Of a sort key: three digits, the number, a dot, the index.
    pub(crate) fn of(text: &str) -> Self {
        match text.split_once('.') {
            Some((number, sub)) => Self {
                number: number[3..].parse().unwrap(),
                sub: sub.parse().unwrap(),
            },
            None => Self::default(),
        }
    }
}
