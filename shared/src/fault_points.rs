//! Named points at which a debug build can be made to abort, so that what a kill leaves behind can be seen.

use std::hash::{BuildHasher, RandomState};

use crate::env::Variables;

/// The points at which the process exits, with probabilities: `PICKET_FAULT=after-commit:0.1,before-commit:0.05`.
/// Nowhere in a release build, which never asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FaultPoints(Vec<(String, f64)>);

impl FaultPoints {
    /// Reads the points from `PICKET_FAULT`.
    pub fn read(variables: &impl Variables) -> Self {
        if cfg!(debug_assertions) {
            Self::parse(&variables.get("PICKET_FAULT").unwrap_or_default())
        } else {
            Self::default()
        }
    }

    /// Reads the points; anything other than `point:probability` is ignored.
    fn parse(text: &str) -> Self {
        let point = |part: &str| {
            let (point, probability) = part.trim().split_once(':')?;
            Some((point.to_owned(), probability.parse().ok()?))
        };
        Self(text.split(',').filter_map(point).collect())
    }

    /// Returns, or the process ends here. A point that was not named returns.
    pub fn reach(&self, point: &str) {
        let dies = |(name, probability): &(String, f64)| name == point && chance() < *probability;
        if self.0.iter().any(dies) {
            tracing::warn!(point, "ending the process, as PICKET_FAULT demands");
            std::process::abort();
        }
    }
}

/// From 0 to 1: the standard library's only source of chance is the seed of its hash maps.
fn chance() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(()) >> 32)
        .expect("the upper half of 64 bits has 32");
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn several_points_are_read_and_what_is_none_left_alone() {
        let text = "after-commit:0.1, before-commit:1,nonsense,before-fold:x";
        let points = FaultPoints::read(&HashMap::from([("PICKET_FAULT", text)]));
        assert_eq!(
            points.0,
            [
                ("after-commit".to_owned(), 0.1),
                ("before-commit".to_owned(), 1.0)
            ]
        );
        assert_eq!(
            FaultPoints::read(&HashMap::<&str, &str>::new()),
            FaultPoints::default()
        );
    }

    #[test]
    fn a_point_that_was_not_named_or_has_no_chance_returns() {
        FaultPoints::default().reach("after-commit");
        FaultPoints::parse("before-commit:1,after-commit:0").reach("after-commit");
        assert!((0.0..=1.0).contains(&chance()));
    }
}
