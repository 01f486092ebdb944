//! The points at which a debug build dies when `PICKET_FAULT` says so, as in `after-put:0.1`. A release build has none.

use crate::ports::Point;

/// What `PICKET_FAULT` asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FromEnvironment {
    #[cfg(debug_assertions)]
    asked: Option<(String, f64)>,
}

#[cfg(not(debug_assertions))]
impl FromEnvironment {
    pub(super) fn read() -> Self {
        Self::default()
    }

    pub(super) fn reach(&self, _: Point) {}
}

#[cfg(debug_assertions)]
impl FromEnvironment {
    pub(super) fn read() -> Self {
        use picket_shared::env::{Process, Variables};
        Self {
            asked: Process.get("PICKET_FAULT").as_deref().and_then(parse),
        }
    }

    pub(super) fn reach(&self, point: Point) {
        let Some((name, probability)) = &self.asked else {
            return;
        };
        if name == point.as_str() && chance() < *probability {
            tracing::warn!(point = name, "dying, as PICKET_FAULT asks");
            std::process::abort();
        }
    }
}

#[cfg(debug_assertions)]
fn parse(text: &str) -> Option<(String, f64)> {
    let (name, probability) = text.split_once(':')?;
    Some((name.to_owned(), probability.parse().ok()?))
}

/// A number from 0 to 1. The standard library's hasher keys are random, which is all that is needed here.
#[cfg(debug_assertions)]
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = u32::try_from(RandomState::new().hash_one(()) >> 32)
        .expect("the upper half of 64 bits has 32");
    f64::from(random) / f64::from(u32::MAX)
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn a_point_and_a_probability_are_read_and_anything_else_is_nothing() {
        assert_eq!(parse("after-put:0.1"), Some(("after-put".to_owned(), 0.1)));
        assert_eq!(parse("after-put"), None);
        assert_eq!(parse("after-put:often"), None);
    }
}
