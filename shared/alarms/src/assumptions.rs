//! What AWS does not publish and an answer can hang on.

/// The choices made where AWS publishes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions {
    /// The number of periods that are read beyond `EvaluationPeriods`. The user guide's tables read five for three and
    /// say elsewhere only that the number is higher, and depends on the period and the resolution ("How alarm state is
    /// evaluated when data is missing").
    pub extra_periods: u32,
    /// Whether `FILL` fills a series that has no datapoint in the whole range. The user guide does not say.
    pub fills_empty: bool,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            extra_periods: 2,
            fills_empty: false,
        }
    }
}

/// A choice on which an answer hangs: with another one the state would be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
pub enum Assumption {
    /// The number of periods that are read.
    #[strum(serialize = "the evaluation range, of which AWS publishes only five periods for three")]
    EvaluationRange,
    /// `FILL` of a series without datapoints.
    #[strum(serialize = "FILL of a metric without any datapoint, which AWS does not describe")]
    FillOfNothing,
}

impl Assumptions {
    /// The others that are as plausible for an alarm of N periods: one period more, as many more as a third of N (both
    /// are how open evaluators of alarms read the guide), and `FILL` the other way round. The range of three periods of a
    /// minute or longer is published.
    pub(crate) fn alternatives(self, period: u32, periods: u32) -> Vec<(Assumption, Self)> {
        let ranges = [1, 2, (periods / 3).max(2)];
        let published = periods == 3 && period >= 60;
        let mut all: Vec<(Assumption, Self)> = ranges
            .into_iter()
            .filter(|&extra_periods| !published && extra_periods != self.extra_periods)
            .map(|extra_periods| {
                (
                    Assumption::EvaluationRange,
                    Self {
                        extra_periods,
                        ..self
                    },
                )
            })
            .collect();
        let fills_empty = !self.fills_empty;
        all.push((
            Assumption::FillOfNothing,
            Self {
                fills_empty,
                ..self
            },
        ));
        all
    }
}
