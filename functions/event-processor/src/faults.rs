//! Named points at which a debug build may be told to die, so that what a kill leaves behind can be seen.

use crate::ports::Point;

/// Where to die, and how often; nowhere in a release build.
#[cfg(not(debug_assertions))]
#[derive(Debug)]
pub(crate) struct Faults;

#[cfg(not(debug_assertions))]
impl Faults {
    pub(crate) const fn from_environment() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "a debug build has points to look at")]
    pub(crate) const fn reach(&self, _point: Point) {}
}

/// Where to die, and how often: `PICKET_FAULT=after-commit:0.1,before-commit:0.05`.
#[cfg(debug_assertions)]
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Faults(Vec<(String, f64)>);

#[cfg(debug_assertions)]
impl Faults {
    pub(crate) fn from_environment() -> Self {
        use picket_shared::env::{Process, Variables};

        Self::parse(&Process.get("PICKET_FAULT").unwrap_or_default())
    }

    /// What is not `point:probability` is left out: it may name another function's points.
    fn parse(text: &str) -> Self {
        let fault = |part: &str| {
            let (point, probability) = part.trim().split_once(':')?;
            Some((point.to_owned(), probability.parse().ok()?))
        };
        Self(text.split(',').filter_map(fault).collect())
    }

    pub(crate) fn reach(&self, point: Point) {
        let dies =
            |(name, probability): &(String, f64)| name == point.as_str() && chance() < *probability;
        if self.0.iter().any(dies) {
            tracing::warn!(point = point.as_str(), "dying as PICKET_FAULT asks");
            std::process::abort();
        }
    }
}

/// From 0 to 1: the standard library's only source of chance is the seed of its hash maps.
#[cfg(debug_assertions)]
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};

    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn fault_points_are_read_and_others_left_alone() {
        let faults = Faults::parse("after-commit:0.1, before-commit:1,nonsense,before-fold:x");
        assert_eq!(
            faults.0,
            [
                ("after-commit".to_owned(), 0.1),
                ("before-commit".to_owned(), 1.0)
            ]
        );
        assert_eq!(Faults::parse(""), Faults::default());
        assert!((0.0..=1.0).contains(&chance()));
    }
}
