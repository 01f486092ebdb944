//! What the handlers of a resource type do for properties that no template has: `unused.txt`.

use super::policy::matches;

/// Actions of a resource type that the policies leave out.
pub(super) struct Unused {
    pub(super) kind: &'static str,
    /// The properties for which they are; none where a comment has the reason.
    pub(super) properties: Vec<&'static str>,
    /// May end with `*`.
    pub(super) actions: Vec<&'static str>,
}

impl Unused {
    pub(super) fn covers(&self, kind: &str, action: &str) -> bool {
        self.kind == kind && self.actions.iter().any(|pattern| matches(pattern, action))
    }
}

/// The lines of the table.
pub(super) fn unused() -> Vec<Unused> {
    let lines = include_str!("unused.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let [kind, properties, actions] = line.split('|').collect::<Vec<_>>()[..] else {
                panic!("unused.txt: {line}: type | properties | actions")
            };
            Unused {
                kind: kind.trim(),
                properties: properties.split_whitespace().collect(),
                actions: actions.split_whitespace().collect(),
            }
        })
        .collect()
}
