//! The report: a sentence for each part.

use std::fmt;

/// What was read, a sentence a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(pub Vec<String>);

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}
