//! The text of a template, in JSON or YAML, as JSON with every function in its long form.
//!
//! YAML is read as SAM and the AWS CLI read it: by the rules of YAML 1.1 for plain scalars (`yes` is true, `010` is 8),
//! dates as text, anchors and merge keys resolved. Unlike there a key that is there twice is refused: CloudFormation
//! would use only one of the two.

mod json;
mod scalar;
mod yaml;

use serde_json::Value;

/// The reason why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocument {
    /// It begins like JSON and is none.
    #[error("it is not JSON: {0}")]
    Json(String),
    /// It is not YAML, or not such as templates have.
    #[error("line {line}, column {column}: {reason}")]
    Yaml {
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
}

/// Reads a template. Tags become functions: `!Ref X` is `{"Ref": "X"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`,
/// any other tag `{"Fn::Tag": …}`.
pub fn read(text: &str) -> Result<Value, InvalidDocument> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with('{') {
        return yaml::read(text);
    }
    // A flow mapping of YAML begins like JSON too.
    json::read(text).or_else(|json| yaml::read(text).map_err(|_| json))
}

#[cfg(test)]
mod tests;
