//! The lines of a template.

use anyhow::{Context, Result};
use serde_json::Value;

/// The lines of a template, to which others are added.
pub(super) struct Lines(Vec<String>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.0.join("\n");
        text.push('\n');
        text
    }

    /// Adds a line after one.
    pub(super) fn after(&mut self, line: &str, added: &str) -> Result<()> {
        let at = self.find(line)?;
        self.0.insert(at + 1, added.to_owned());
        Ok(())
    }

    /// Puts a line in place of one.
    pub(super) fn replace(&mut self, line: &str, other: &str) -> Result<()> {
        let at = self.find(line)?;
        other.clone_into(&mut self.0[at]);
        Ok(())
    }

    /// Adds an item before the first of a list, which is in or below the last of the lines that begin so, each of which
    /// comes after the one before. Nothing where the list has it.
    pub(super) fn item_after(&mut self, beginnings: &[&str], item: &Value) -> Result<()> {
        let mut at = self.find(beginnings[0])?;
        for beginning in &beginnings[1..] {
            let found = self.0[at..]
                .iter()
                .position(|line| line.trim_start().starts_with(beginning));
            at += found.with_context(|| {
                format!("the template has no {beginning} below {}", beginnings[0])
            })?;
        }
        let plain = item.as_str().unwrap_or_default();
        if let Some((before, items)) = self.0[at].split_once('[') {
            if !items
                .trim_end_matches(']')
                .split(", ")
                .any(|other| other == plain)
            {
                self.0[at] = format!("{before}[{item}, {items}");
            }
            return Ok(());
        }
        let items = self.0[at + 1..].iter();
        let items: Vec<&String> = items
            .take_while(|line| line.trim_start().starts_with("- "))
            .collect();
        let first = items
            .first()
            .context("the namespaces of the template are no list")?;
        let indent = " ".repeat(first.len() - first.trim_start().len());
        if !items.iter().any(|line| line.trim() == format!("- {plain}")) {
            self.0.insert(at + 1, format!("{indent}- {item}"));
        }
        Ok(())
    }

    fn find(&self, line: &str) -> Result<usize> {
        let found = self.0.iter().position(|other| other == line);
        found.with_context(|| format!("the template has no line `{line}`"))
    }
}
