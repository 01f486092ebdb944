//! How much of a query's answer is read.

use picket_shared::chain::LARGEST_MESSAGE;

use crate::fault::Fault;

/// The most bytes that the slices of one query inflate to, beside a single slice that is larger: the answer of a query
/// has a megabyte, which inflates a thousandfold at most, and a reader holds the slices of many chains at once. The
/// largest slice that is planned today fits.
pub const MOST_INFLATED: usize = LARGEST_MESSAGE;

/// The first of an answer's slices, each with the bytes that it inflates to: those before the first error, while they
/// have [`MOST_INFLATED`] together, and at least one. The first error, where nothing is before it. What follows is not
/// read.
pub fn first_slices<T>(
    slices: impl IntoIterator<Item = Result<(T, usize), Fault>>,
) -> Result<Vec<T>, Fault> {
    let mut first = Vec::new();
    let mut inflated = 0;
    for slice in slices {
        match slice {
            Ok((slice, bytes)) => {
                inflated += bytes;
                if inflated > MOST_INFLATED && !first.is_empty() {
                    break;
                }
                first.push(slice);
            }
            Err(fault) if first.is_empty() => return Err(fault),
            Err(_) => break,
        }
    }
    Ok(first)
}
