//! First fit: each datapoint goes into the first request with room. Usually the best plan.

use std::collections::HashMap;

use super::need::Needs;
use crate::limits::{MOST_DATA, MOST_VALUES};

/// Assigns datapoints to requests.
pub(super) fn fill(needs: &Needs) -> Vec<Vec<usize>> {
    let mut requests: Vec<Open> = Vec::new();
    for place in 0..needs.data.len() {
        let takes = |request: &Open| request.takes(needs, place);
        let found = requests.iter().position(takes).unwrap_or_else(|| {
            requests.push(Open::default());
            requests.len() - 1
        });
        requests[found].put(needs, place);
    }
    requests.into_iter().map(|request| request.data).collect()
}

/// A request being filled.
#[derive(Default)]
struct Open {
    data: Vec<usize>,
    bytes: usize,
    values: HashMap<usize, usize>,
}

impl Open {
    fn takes(&self, needs: &Needs, place: usize) -> bool {
        let need = needs.data[place];
        let values = || self.values.get(&need.metric).copied().unwrap_or(0);
        self.data.len() < MOST_DATA
            && self.bytes + need.bytes <= needs.room
            && (need.values == 0 || values() + need.values <= MOST_VALUES)
    }

    fn put(&mut self, needs: &Needs, place: usize) {
        let need = needs.data[place];
        self.data.push(place);
        self.bytes += need.bytes;
        if need.values > 0 {
            *self.values.entry(need.metric).or_default() += need.values;
        }
    }
}
