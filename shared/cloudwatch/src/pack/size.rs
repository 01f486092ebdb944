//! The exact size of a request as the SDK encodes it (rpc-v2-cbor, RFC 8949).

use crate::datum::{Datum, DatumValues};

/// A number: one byte of type, eight of IEEE 754.
const DOUBLE: usize = 9;
/// A map of unknown length: one byte begins it, one ends it.
const MAP: usize = 2;
/// A timestamp: one byte of tag before a number.
const TIMESTAMP: usize = 1 + DOUBLE;

/// The bytes around a request's datapoints, for a maximum number of them.
pub(super) fn frame(namespace: &str, most_data: usize) -> usize {
    MAP + text("Namespace") + text(namespace) + text("MetricData") + header(most_data)
}

/// The bytes of a datapoint.
pub(super) fn datum(datum: &Datum) -> usize {
    let dimensions: usize = datum
        .dimensions
        .iter()
        .map(|(name, value)| MAP + text("Name") + text(name) + text("Value") + text(value))
        .sum();
    let values = match &datum.values {
        DatumValues::Statistics(_) => {
            let names = ["SampleCount", "Sum", "Minimum", "Maximum"];
            let fields: usize = names.iter().map(|name| text(name) + DOUBLE).sum();
            text("StatisticValues") + MAP + fields
        }
        DatumValues::Distribution(values) => {
            let numbers = header(values.len()) + values.len() * DOUBLE;
            text("Values") + numbers + text("Counts") + numbers
        }
    };
    MAP + text("MetricName")
        + text(&datum.name)
        + text("Dimensions")
        + header(datum.dimensions.len())
        + dimensions
        + text("Timestamp")
        + TIMESTAMP
        + values
        + text("Unit")
        + text(&datum.unit)
}

fn text(text: &str) -> usize {
    header(text.len()) + text.len()
}

/// The type with a length: the shortest form that holds it.
fn header(length: usize) -> usize {
    match length {
        0..=23 => 1,
        24..=0xFF => 2,
        0x100..=0xFFFF => 3,
        0x1_0000..=0xFFFF_FFFF => 5,
        _ => 9,
    }
}
