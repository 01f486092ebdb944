//! An upper bound of a body's bytes, without encoding it.

use super::{Body, message};
use crate::{
    blob::{self, MOST_INFLATED},
    series::{Aggregate, SeriesMinute},
};

/// The largest blob of a slice, in bytes. A DynamoDB item is at most 400 KB with its attribute names; the rest of a
/// slice's item is below 2 KB.
pub const LARGEST_BLOB: usize = 350 << 10;
/// The largest message of a slice's blob, in bytes: a blob of hostile names deflates a thousandfold, and the publisher
/// holds three slices for each of its three sinks, which take eleven times as much decoded (its tests/memory.rs). A batch
/// of a thousand agents is two slices.
pub const LARGEST_MESSAGE: usize = 1 << 20;
/// More than a protobuf field takes beside its text: its tag, and a length or a number.
const FIELD: usize = 16;

/// Whether a body's bytes are `largest` at most, and can be read back.
pub fn fits(body: &Body, largest: usize) -> bool {
    let longest = longest(body);
    // The inflated size is at most the longest encoding of the body.
    if longest <= largest || longest > MOST_INFLATED {
        return longest <= largest;
    }
    let (ids, rest) = message(body);
    ids.len() + rest.len() <= LARGEST_MESSAGE && blob::encode_parts(&ids, &rest).len() <= largest
}

/// At least the length of [`encode`]'s answer. A slice is nearly always far below what it may be, and deflating it to
/// see takes longer than summing up a tenth of its events.
pub fn longest(body: &Body) -> usize {
    let series: usize = body.series.iter().map(series).sum();
    let defaults = body.defaults.iter();
    let defaults = defaults.map(|minute| self::series(&minute.series) + 2 * FIELD);
    let usage = body.usage.iter().map(|row| {
        let key = &row.key;
        let names = [
            Some(&key.agent),
            Some(&key.model),
            key.incident.as_ref(),
            key.price.as_ref(),
        ];
        texts(names.into_iter().flatten()) + 16 * FIELD
    });
    let quarantined = body.quarantined.iter().map(|record| {
        let reason = record.reason.as_str().len();
        record.position.as_str().len() + reason + record.object.len() + 6 * FIELD
    });
    let ids = body.event_ids.len() * size_of::<u64>() + FIELD;
    blob::longest(
        series + defaults.sum::<usize>() + usage.sum::<usize>() + quarantined.sum::<usize>() + ids,
    )
}

fn series(series: &SeriesMinute) -> usize {
    let key = &series.key;
    let dimensions = key
        .dimensions
        .iter()
        .flat_map(|(name, value)| [name, value]);
    let names = texts(
        [&key.namespace, &key.name, &key.unit]
            .into_iter()
            .chain(dimensions),
    );
    let values = match &series.aggregate {
        Aggregate::Sum(_) => 0,
        // A value or a bucket's sum, its count, sign and index.
        Aggregate::Distribution(sketch) => 4 * FIELD * sketch.entries(),
    };
    names + values + 16 * FIELD
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    texts.into_iter().map(|text| text.len() + FIELD).sum()
}
