//! Names in the workload's files.

use std::collections::BTreeMap;

/// Names that are all different.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, usize>);

impl Names {
    /// The name, with a number behind it where it is taken.
    pub(super) fn unique(&mut self, name: String) -> String {
        let count = self.0.entry(name.clone()).or_insert(0);
        *count += 1;
        if *count == 1 {
            return name;
        }
        let numbered = format!("{name}{count}");
        self.unique(numbered)
    }
}

/// `Orders API: 5xx > 1 %` as `orders-api-5xx-1`, and `CpuTooHigh` as `cpu-too-high`.
pub(super) fn slug(name: &str) -> String {
    let words: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    if words.is_empty() {
        return "unnamed".to_owned();
    }
    words.join("-")
}

/// `orders-api 5xx` as `OrdersApi5xx`: letters and digits, as a logical id has them.
pub(crate) fn logical_id(name: &str) -> String {
    let id: String = words(name)
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect();
    if id.is_empty() || id.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("Unnamed{id}");
    }
    id
}

/// The words of a name: runs of letters and digits, parted where an upper-case letter follows a lower-case one.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.filter(|part| !part.is_empty()).flat_map(|part| {
        let bytes = part.as_bytes();
        let inner = (1..bytes.len())
            .filter(|&at| bytes[at - 1].is_ascii_lowercase() && bytes[at].is_ascii_uppercase());
        let ends: Vec<usize> = inner.chain([part.len()]).collect();
        let starts = [0].into_iter().chain(ends.clone());
        starts
            .zip(ends)
            .map(|(from, to)| &part[from..to])
            .collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs_and_logical_ids_that_are_all_different() {
        for (name, expected, id) in [
            ("Orders API: 5xx > 1 %", "orders-api-5xx-1", "OrdersAPI5xx1"),
            (
                "HTTPCodeTarget5XXTooHighAlarm",
                "httpcode-target5xxtoo-high-alarm",
                "HTTPCodeTarget5XXTooHighAlarm",
            ),
            ("5xx", "5xx", "Unnamed5xx"),
            ("…", "unnamed", "Unnamed"),
        ] {
            assert_eq!(
                (slug(name).as_str(), logical_id(name).as_str()),
                (expected, id)
            );
        }
        let mut names = Names::default();
        let unique = ["a", "a2", "a", "a"].map(|name| names.unique(name.to_owned()));
        let different: std::collections::BTreeSet<_> = unique.iter().collect();
        assert_eq!(different.len(), 4, "{unique:?}");
    }
}
