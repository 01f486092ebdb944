//! The stop of a function.

use std::str::FromStr;

use crate::{
    Invalid,
    yaml::{Fields, Log, Node},
};

/// The longest name that Lambda accepts for a function:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
const LONGEST_NAME: usize = 64;

/// Stops a Lambda function: a reservation of 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopFunction {
    /// The function, without version or alias, where it is not the one that the alarm names.
    pub function: Option<String>,
}

impl StopFunction {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`stop-function`", log)?;
        let function = fields.parse::<Name>("function", log);
        fields.finish(log);
        Some(Self {
            function: function.map(|name| name.0),
        })
    }
}

/// A function's bare name.
struct Name(String);

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let legal = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        if (1..=LONGEST_NAME).contains(&text.len()) && text.chars().all(legal) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid(format!(
            "{text:?} is not the name of a function, without ARN, version or alias"
        )))
    }
}
