//! Input that was not understood: an answer, with exit status 2.

use std::fmt;

use serde::Serialize;

use crate::style::{BAD, RESET};

/// Why an input was not understood.
#[derive(Debug, Serialize)]
pub(crate) struct Refusal {
    /// The path as it was given, where a file is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// A sentence.
    pub(crate) error: String,
}

impl Refusal {
    /// Creates the error of a file.
    pub(crate) fn of_file(path: &str, error: impl fmt::Display) -> Self {
        Self {
            file: Some(path.to_owned()),
            error: error.to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "{BAD}not understood{RESET}: {}", self.error)
    }
}
