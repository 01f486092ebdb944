//! Entries by key, in order, with what belongs to one key added up.

use std::ops::AddAssign;

/// A map as a sorted list: a sketch has at most some hundred entries, and is mostly merged whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sorted<K, V>(Vec<(K, V)>);

impl<K: Copy + Ord, V: Copy + AddAssign> Sorted<K, V> {
    /// Creates the list from entries whose keys ascend; equal ones stand side by side.
    pub(super) fn of_ascending(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut sorted: Vec<(K, V)> = Vec::new();
        for (key, value) in entries {
            match sorted.last_mut() {
                Some((last, known)) if *last == key => *known += value,
                _ => sorted.push((key, value)),
            }
        }
        Self(sorted)
    }

    /// Adds to one entry.
    pub(super) fn put(&mut self, key: K, value: V) {
        match self.0.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(place) => self.0[place].1 += value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Adds another's entries.
    pub(super) fn merge(&mut self, other: &Self) {
        let mut both = [self.0.as_slice(), other.0.as_slice()].concat();
        // Stable, and fast for two runs that are in order: what is mine comes before what is theirs.
        both.sort_by_key(|(key, _)| *key);
        *self = Self::of_ascending(both);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_key_add_up_and_stay_in_order() {
        let mut sorted = Sorted::of_ascending([(1, 1), (1, 2), (4, 1)]);
        sorted.put(3, 5);
        sorted.put(4, 1);
        sorted.merge(&Sorted::of_ascending([(0, 7), (3, 1), (9, 9)]));
        let entries: Vec<(i32, i32)> = sorted.iter().copied().collect();
        assert_eq!(entries, [(0, 7), (1, 3), (3, 6), (4, 2), (9, 9)]);
    }
}
