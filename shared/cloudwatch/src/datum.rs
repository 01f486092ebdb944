//! Checks a series' minute against CloudWatch's limits, and makes a datapoint of it (`MetricDatum`, `Dimension`).

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use picket_shared::series::{Aggregate, SeriesMinute, Statistics};

use crate::limits::{
    MOST_DIMENSIONS, NEWEST, OLDEST, UNITS, is_dimension_name, is_dimension_value, is_name,
    is_namespace, is_value,
};

/// Kept from both ends of the times that CloudWatch accepts: the time a request may take to arrive, and the difference
/// that clocks may have.
const TIME_MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A datapoint that CloudWatch accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Metric name.
    pub name: String,
    /// One of CloudWatch's units.
    pub unit: String,
    /// Names and values.
    pub dimensions: Vec<(String, String)>,
    /// The minute's start.
    pub at: Timestamp,
    /// The values.
    pub values: DatumValues,
}

/// The values of a datapoint.
#[derive(Debug, Clone, PartialEq)]
pub enum DatumValues {
    /// A statistic set.
    Statistics(Statistics),
    /// Values with counts, from which CloudWatch computes percentiles.
    Distribution(Vec<(f64, u64)>),
}

impl DatumValues {
    /// The number of values that count towards the limit of unique values.
    pub fn len(&self) -> usize {
        match self {
            Self::Statistics(_) => 0,
            Self::Distribution(values) => values.len(),
        }
    }

    /// Whether no value counts towards the limit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a datapoint cannot be sent. Counted as `DatumsDropped` by `Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Two weeks old or more.
    TooOld,
    /// Two hours ahead or more.
    TooNew,
    /// A value that is not a number, is infinite, or beyond 2^360.
    Value,
    /// A namespace or a name that is empty, too long, or reserved for AWS.
    Name,
    /// More than thirty dimensions, or one that is empty or too long.
    Dimensions,
    /// Not one of CloudWatch's units.
    Unit,
    /// A negative sum, which a counter of Prometheus cannot represent; CloudWatch accepts it.
    Negative,
    /// CloudWatch rejected it, alone in a request.
    Refused,
}

impl Reason {
    /// The dimension's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooOld => "TooOld",
            Self::TooNew => "TooNew",
            Self::Value => "Value",
            Self::Name => "Name",
            Self::Dimensions => "Dimensions",
            Self::Unit => "Unit",
            Self::Negative => "Negative",
            Self::Refused => "Refused",
        }
    }
}

impl Datum {
    /// Creates the datapoint of a series' minute for sending at `now`.
    pub fn of(series: &SeriesMinute, now: Timestamp) -> Result<Self, Reason> {
        let key = &series.key;
        if !is_namespace(&key.namespace) || !is_name(&key.name) {
            return Err(Reason::Name);
        }
        if !UNITS.contains(&key.unit.as_str()) {
            return Err(Reason::Unit);
        }
        Ok(Self {
            name: key.name.clone(),
            unit: key.unit.clone(),
            dimensions: dimensions(&key.dimensions).ok_or(Reason::Dimensions)?,
            at: timely(series.minute, now)?,
            values: values(&series.aggregate).ok_or(Reason::Value)?,
        })
    }
}

fn timely(minute: i64, now: Timestamp) -> Result<Timestamp, Reason> {
    let outside = if minute < 0 {
        Reason::TooOld
    } else {
        Reason::TooNew
    };
    let at = minute
        .checked_mul(60)
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or(outside)?;
    match now.duration_since(at) {
        age if age > OLDEST - TIME_MARGIN => Err(Reason::TooOld),
        age if age < TIME_MARGIN - NEWEST => Err(Reason::TooNew),
        _ => Ok(at),
    }
}

fn dimensions(dimensions: &[(String, String)]) -> Option<Vec<(String, String)>> {
    if dimensions.len() > MOST_DIMENSIONS {
        return None;
    }
    let legal = |(name, value): &(String, String)| {
        let value = ascii(value);
        let fits = is_dimension_name(name) && is_dimension_value(&value);
        fits.then(|| (name.clone(), value))
    };
    dimensions.iter().map(legal).collect()
}

/// Encodes other bytes than printable ASCII as %XX, because CloudWatch accepts only ASCII in a dimension's value: an
/// agent named "café" keeps a series of its own.
fn ascii(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if (b' '..=b'~').contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    text
}

fn values(aggregate: &Aggregate) -> Option<DatumValues> {
    match aggregate {
        Aggregate::Sum(statistics) => {
            let Statistics {
                count,
                sum,
                min,
                max,
            } = *statistics;
            let legal = count > 0 && [sum, min, max].into_iter().all(is_value);
            legal.then_some(DatumValues::Statistics(*statistics))
        }
        Aggregate::Distribution(sketch) => {
            let values = sketch.values();
            let legal = values
                .iter()
                .all(|(value, count)| is_value(*value) && *count > 0);
            legal.then_some(DatumValues::Distribution(values))
        }
    }
}
