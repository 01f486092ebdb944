//! The points at which a debug build dies when `PICKET_FAULT` says so, as in `after-put:0.1`. A release build never asks.

use std::hash::{BuildHasher, RandomState};

use picket_shared::env::{Process, Variables};

use crate::ports::Point;

/// What `PICKET_FAULT` asks for: a point's word, and a probability.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FromEnvironment(Option<(String, f64)>);

impl FromEnvironment {
    pub(super) fn read() -> Self {
        if cfg!(debug_assertions) {
            Self(Process.get("PICKET_FAULT").as_deref().and_then(parse))
        } else {
            Self(None)
        }
    }

    pub(super) fn reach(&self, point: Point) {
        let Some((word, probability)) = &self.0 else {
            return;
        };
        if word == point.as_str() && chance() < *probability {
            tracing::warn!(point = word, "dying, as PICKET_FAULT asks");
            std::process::abort();
        }
    }
}

fn parse(text: &str) -> Option<(String, f64)> {
    let (word, probability) = text.split_once(':')?;
    Some((word.to_owned(), probability.parse().ok()?))
}

/// A number from 0 to 1. The standard library's hasher keys are random, which is all that is needed here.
fn chance() -> f64 {
    let random = u32::try_from(RandomState::new().hash_one(()) >> 32)
        .expect("the upper half of 64 bits has 32");
    f64::from(random) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_and_a_probability_are_read_and_anything_else_is_nothing() {
        assert_eq!(parse("after-put:0.1"), Some(("after-put".to_owned(), 0.1)));
        assert_eq!(parse("after-put"), None);
        assert_eq!(parse("after-put:often"), None);
    }
}
