//! What an alarm evaluates, from the series of its inputs.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Definition, Formula, Threshold, Watches};
use crate::{
    Datapoint, Window,
    assumptions::Assumptions,
    expression::{
        Argument, BAND_LOWER, BAND_UPPER, Context, Function, Series, Value, supplied_name,
    },
    insights::Group,
};

/// The series that an alarm reads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs {
    /// By id of a metric, or name of a supplied series ([`Definition::supplied`]).
    pub series: BTreeMap<String, Vec<Datapoint>>,
    /// The groups of each Metrics Insights query, by its id.
    pub groups: BTreeMap<String, Vec<Group>>,
}

/// The limits that a datapoint is compared with: one number as both, or a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

/// A series that an alarm evaluates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watched {
    /// The group of a Metrics Insights query that it is of; otherwise empty.
    pub attributes: Vec<(String, String)>,
    /// The datapoints.
    pub datapoints: Vec<Datapoint>,
    /// The band, where the alarm has one. A datapoint without a band counts as missing: AWS does not say.
    pub band: BTreeMap<Timestamp, Bounds>,
}

impl From<Vec<Datapoint>> for Watched {
    fn from(datapoints: Vec<Datapoint>) -> Self {
        Self {
            datapoints,
            ..Self::default()
        }
    }
}

impl From<BTreeMap<String, Vec<Datapoint>>> for Inputs {
    fn from(series: BTreeMap<String, Vec<Datapoint>>) -> Self {
        Self {
            series,
            ..Self::default()
        }
    }
}

/// The names of the series that a live-only function needs.
pub(super) fn supplied(function: Function, arguments: &[Argument]) -> Vec<String> {
    match function {
        Function::AnomalyDetectionBand => vec![BAND_LOWER.to_owned(), BAND_UPPER.to_owned()],
        _ => vec![supplied_name(function, arguments)],
    }
}

impl Definition {
    /// Returns the one series of an alarm that does not watch contributors. An input without a series counts as one
    /// without datapoints.
    pub fn series(&self, inputs: &BTreeMap<String, Vec<Datapoint>>, window: &Window) -> Watched {
        let inputs = Inputs::from(inputs.clone());
        let mut all = self.watched(&inputs, window, Assumptions::default());
        if all.is_empty() {
            Watched::default()
        } else {
            all.swap_remove(0)
        }
    }

    /// Returns the series to evaluate: one, or one for each group of a Metrics Insights query.
    pub fn watched(
        &self,
        inputs: &Inputs,
        window: &Window,
        assumptions: Assumptions,
    ) -> Vec<Watched> {
        let of = |id: &str| inputs.series.get(id).map_or(&[][..], Vec::as_slice);
        let Watches::Math { returned, .. } = &self.watches else {
            let datapoints = of(&self.inputs()[0].id).to_vec();
            return vec![datapoints.into()];
        };
        if self.watches_contributors() {
            let groups = inputs.groups.get(returned).map_or(&[][..], Vec::as_slice);
            return groups
                .iter()
                .map(|group| Watched {
                    attributes: group.attributes.clone(),
                    datapoints: group.datapoints.clone(),
                    band: BTreeMap::new(),
                })
                .collect();
        }
        let known = self.known(inputs, window, assumptions);
        let series = |id: &str| match known.get(id) {
            Some(Value::Series(series)) => series.clone(),
            _ => Vec::new(),
        };
        let samples = window.place(of(returned));
        vec![Watched {
            attributes: Vec::new(),
            datapoints: datapoints(window, &series(returned), &samples),
            band: self.band(&known, window),
        }]
    }

    fn known(
        &self,
        inputs: &Inputs,
        window: &Window,
        assumptions: Assumptions,
    ) -> BTreeMap<String, Value> {
        let placed = |datapoints: &[Datapoint]| -> Series {
            let placed = window.place(datapoints);
            placed.iter().map(|one| one.map(|one| one.value)).collect()
        };
        let empty = self
            .inputs()
            .iter()
            .map(|input| (input.id.clone(), Value::Series(placed(&[]))));
        let mut known: BTreeMap<String, Value> = empty.collect();
        for (name, datapoints) in &inputs.series {
            known.insert(name.clone(), Value::Series(placed(datapoints)));
        }
        let metrics: Vec<String> = self.inputs().iter().map(|input| input.id.clone()).collect();
        for named in self.named() {
            let value = match &named.formula {
                Formula::Insights(query) => {
                    let groups = inputs.groups.get(&named.id).map_or(&[][..], Vec::as_slice);
                    let mut list = groups.iter().map(|group| placed(&group.datapoints));
                    if query.is_grouped() {
                        Value::Array(list.collect())
                    } else {
                        Value::Series(list.next().unwrap_or_else(|| placed(&[])))
                    }
                }
                Formula::Math(expression) => expression.evaluate(&Context {
                    starts: &window.starts,
                    period: self.period,
                    known: &known,
                    metrics: &metrics,
                    fills_empty: assumptions.fills_empty,
                }),
            };
            known.insert(named.id.clone(), value);
        }
        known
    }

    fn band(
        &self,
        known: &BTreeMap<String, Value>,
        window: &Window,
    ) -> BTreeMap<Timestamp, Bounds> {
        let Threshold::Band(id) = &self.threshold else {
            return BTreeMap::new();
        };
        let Some(Value::Array(list)) = known.get(id) else {
            return BTreeMap::new();
        };
        let [lowers, uppers] = list.as_slice() else {
            return BTreeMap::new();
        };
        let bounds = lowers.iter().zip(uppers).map(|(lower, upper)| {
            Some(Bounds {
                lower: (*lower)?,
                upper: (*upper)?,
            })
        });
        let starts = window.starts.iter().copied();
        starts
            .zip(bounds)
            .filter_map(|(at, bounds)| Some((at, bounds?)))
            .collect()
    }
}

/// Datapoints at the starts of their periods; those of a metric keep their number of values.
fn datapoints(window: &Window, values: &Series, placed: &[Option<Datapoint>]) -> Vec<Datapoint> {
    let of = |((&at, value), placed): ((&Timestamp, &Option<f64>), &Option<Datapoint>)| {
        Some(Datapoint {
            at,
            value: (*value)?,
            samples: placed.and_then(|placed| placed.samples),
        })
    };
    window
        .starts
        .iter()
        .zip(values)
        .zip(placed)
        .filter_map(of)
        .collect()
}
