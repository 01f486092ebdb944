//! Nodes by the names of their fields.

use super::Node;

/// Nodes by the length of the name, which distinguishes most names for less than a hash would cost.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Vec<Vec<(String, Node)>>);

impl Names {
    /// The node of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        let as_long = self.0.get(name.len())?;
        let first = name.as_bytes().first();
        // The first letter distinguishes most names of equal length, without a call.
        let is_it = |known: &String| known.as_bytes().first() == first && known == name;
        let found = as_long.iter().find(|(known, _)| is_it(known));
        found.map(|(_, node)| node)
    }

    /// The node of a name; a new one where there is none.
    pub(super) fn enter(&mut self, name: &str) -> &mut Node {
        if self.0.len() <= name.len() {
            self.0.resize_with(name.len() + 1, Vec::new);
        }
        let as_long = &mut self.0[name.len()];
        let place = as_long.iter().position(|(known, _)| known == name);
        let place = place.unwrap_or_else(|| {
            as_long.push((name.to_owned(), Node::default()));
            as_long.len() - 1
        });
        &mut as_long[place].1
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().flatten().map(|(_, node)| node)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
