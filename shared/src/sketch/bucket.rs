//! Buckets: what a value falls into at a scale, and how buckets add up and coarsen.

use std::ops::AddAssign;

use super::sorted::Sorted;

/// 0.27 % wide. Finer scales would never fit 148 buckets where more than 150 values did not.
pub(super) const FINEST_SCALE: i8 = 8;
/// All of a sign in one bucket: 2^-12 buckets a doubling, and an `f64` has 2,100 doublings.
pub(super) const COARSEST_SCALE: i8 = -12;

/// A finite `f64`, ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrderedBits(i64);

/// Below zero (index negated, so that the order is the values'), zero, above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bucket {
    Negative(std::cmp::Reverse<i32>),
    Zero,
    Positive(i32),
}

/// Count and sum of a bucket's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Content {
    pub(super) count: u64,
    pub(super) sum: f64,
}

impl OrderedBits {
    pub(super) fn new(value: f64) -> Self {
        // -0.0 and 0.0 are one value.
        let bits = (value + 0.0).to_bits().cast_signed();
        Self(if bits < 0 { i64::MIN - bits } else { bits })
    }

    pub(super) fn value(self) -> f64 {
        f64::from_bits(
            if self.0 < 0 {
                i64::MIN - self.0
            } else {
                self.0
            }
            .cast_unsigned(),
        )
    }
}

impl Bucket {
    pub(super) fn of(value: f64, scale: i8) -> Self {
        if value == 0.0 {
            return Self::Zero;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "|log2| of a finite f64 is below 1,075, times 2^8 fits an i32"
        )]
        let finest = (value.abs().log2() * f64::from(1_i32 << FINEST_SCALE)).floor() as i32;
        let index = finest >> (FINEST_SCALE - scale);
        if value > 0.0 {
            Self::Positive(index)
        } else {
            Self::Negative(std::cmp::Reverse(index))
        }
    }

    pub(super) fn coarser(self) -> Self {
        match self {
            Self::Negative(std::cmp::Reverse(index)) => {
                Self::Negative(std::cmp::Reverse(index >> 1))
            }
            Self::Zero => Self::Zero,
            Self::Positive(index) => Self::Positive(index >> 1),
        }
    }
}

impl Content {
    /// Creates the content of a value with its count.
    pub(super) fn of(value: f64, count: u64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a minute's count is far below 2^52"
        )]
        let sum = value * count as f64;
        Self { count, sum }
    }
}

impl AddAssign for Content {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }
}

pub(super) fn bucketed(values: &Sorted<OrderedBits, u64>, scale: i8) -> Sorted<Bucket, Content> {
    Sorted::of_ascending(values.iter().map(|(value, count)| {
        let value = value.value();
        (Bucket::of(value, scale), Content::of(value, *count))
    }))
}

pub(super) fn coarsen(buckets: &mut Sorted<Bucket, Content>, scale: &mut i8, to: i8) {
    while *scale > to {
        let coarser = |(bucket, content): &(Bucket, Content)| (bucket.coarser(), *content);
        *buckets = Sorted::of_ascending(buckets.iter().map(coarser));
        *scale -= 1;
    }
}
