//! The values of a period, sorted, for the statistics that need each of them.
//!
//! CloudWatch does not publish how it ranks. Here a percentile is the nearest rank: the smallest value with at least p
//! percent of all at or below it. On values with counts every method gives one of the values, or lies between two
//! neighbours.

use super::{Edge, Sample, Trim};

/// Values and their counts, the smallest first. None is negative.
pub(super) struct Distribution(Vec<(f64, f64)>);

/// Values that a trimmed statistic keeps, and what lies on both sides.
struct Kept {
    /// The number below the range.
    below: f64,
    count: f64,
    sum: f64,
    /// The smallest and largest that are kept.
    ends: Option<(f64, f64)>,
}

impl Distribution {
    /// `None` where a statistic set hides the values, or one is negative.
    pub(super) fn of(samples: &[Sample]) -> Option<Self> {
        let mut values: Vec<(f64, f64)> = samples
            .iter()
            .map(Sample::values)
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        values
            .first()
            .is_some_and(|(value, _)| *value >= 0.0)
            .then_some(Self(values))
    }

    pub(super) fn count(&self) -> f64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    pub(super) fn percentile(&self, percentile: f64) -> Option<f64> {
        let rank = (percentile * self.count() / 100.0).ceil().max(1.0);
        let mut seen = 0.0;
        self.0
            .iter()
            .find(|(_, count)| {
                seen += count;
                seen >= rank
            })
            .or(self.0.last())
            .map(|(value, _)| *value)
    }

    pub(super) fn trimmed(&self, trim: Trim, edges: (Option<Edge>, Option<Edge>)) -> Option<f64> {
        let kept = self.kept(edges);
        match trim {
            Trim::Count => Some(kept.count),
            Trim::Sum => Some(kept.sum),
            Trim::Mean => (kept.count > 0.0).then(|| kept.sum / kept.count),
            Trim::Winsorized => self.winsorized(edges, &kept),
        }
    }

    /// Each value as far as it lies between the edges: by its value, or by its ranks.
    fn kept(&self, (lower, upper): (Option<Edge>, Option<Edge>)) -> Kept {
        let total = self.count();
        let rank = |percent: f64| percent * total / 100.0;
        let (mut kept, mut before) = (
            Kept {
                below: 0.0,
                count: 0.0,
                sum: 0.0,
                ends: None,
            },
            0.0,
        );
        for &(value, count) in &self.0 {
            let after = before + count;
            let from = match lower {
                Some(Edge::Percent(percent)) => rank(percent).floor().max(before),
                Some(Edge::Value(edge)) if value <= edge => after,
                _ => before,
            };
            let to = match upper {
                Some(Edge::Percent(percent)) => rank(percent).ceil().min(after),
                Some(Edge::Value(edge)) if value > edge => before,
                _ => after,
            };
            kept.below += from.min(after) - before;
            if to > from {
                kept.count += to - from;
                kept.sum += value * (to - from);
                kept.ends = Some((kept.ends.map_or(value, |(first, _)| first), value));
            }
            before = after;
        }
        kept
    }

    /// The mean, values outside taken as the edge: a given value, or the outermost value that is kept.
    fn winsorized(&self, (lower, upper): (Option<Edge>, Option<Edge>), kept: &Kept) -> Option<f64> {
        let (first, last) = kept.ends?;
        let below = match lower {
            Some(Edge::Value(edge)) => edge,
            _ => first,
        };
        let above = match upper {
            Some(Edge::Value(edge)) => edge,
            _ => last,
        };
        let over = self.count() - kept.count - kept.below;
        Some((kept.sum + kept.below * below + over * above) / self.count())
    }
}
