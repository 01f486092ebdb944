//! CloudWatch: it adds what it gets, twice where it gets it twice. Limits: API reference, `PutMetricData` and
//! `MetricDatum`.

use std::collections::BTreeMap;

use picket_cloudwatch::{datum::DatumValues, pack::Request};

/// Namespace, name, dimensions by name.
pub(crate) type Series = (String, String, Vec<(String, String)>);

/// What is known of a series' minute.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Minute {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Values with counts, where they came as such.
    pub(crate) values: Vec<(f64, u64)>,
}

impl Minute {
    fn add(&mut self, count: u64, sum: f64, min: f64, max: f64) {
        (self.min, self.max) = if self.count == 0 {
            (min, max)
        } else {
            (self.min.min(min), self.max.max(max))
        };
        self.count += count;
        self.sum += sum;
    }
}

pub(crate) type Minutes = BTreeMap<Series, BTreeMap<i64, Minute>>;

#[derive(Debug, Default)]
pub(crate) struct CloudWatch {
    /// What it has, by minutes since 1970.
    pub(crate) has: Minutes,
    /// What may be in it a second time: of requests whose sender cannot know that they were counted.
    pub(crate) doubtful: Minutes,
    /// Until when it refuses everything, in microseconds since 1970.
    pub(crate) refuses_until: i64,
    pub(crate) requests: u64,
}

/// Whether CloudWatch takes a request. `now` in seconds since 1970.
pub(crate) fn is_legal(request: &Request, now: i64) -> bool {
    let is_legal_datum = |datum: &picket_cloudwatch::datum::Datum| {
        let at = datum.at.as_second();
        let values = match &datum.values {
            DatumValues::Statistics(_) => 0,
            DatumValues::Distribution(values) => values.len(),
        };
        datum.dimensions.len() <= 30
            && values <= 150
            && (now - 14 * 86_400..=now + 7_200).contains(&at)
    };
    !request.data.is_empty()
        && request.data.len() <= 1_000
        && request.data.iter().all(is_legal_datum)
}

/// Counts a request's datapoints.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn count(request: &Request, into: &mut Minutes) {
    for datum in &request.data {
        let mut dimensions = datum.dimensions.clone();
        dimensions.sort();
        let series = (request.namespace.clone(), datum.name.clone(), dimensions);
        let minutes = into.entry(series).or_default();
        let minute = minutes.entry(datum.at.as_second() / 60).or_default();
        match &datum.values {
            DatumValues::Statistics(of) => minute.add(of.count, of.sum, of.min, of.max),
            DatumValues::Distribution(values) => {
                for (value, count) in values {
                    minute.add(*count, value * *count as f64, *value, *value);
                    minute.values.push((*value, *count));
                }
            }
        }
    }
}
