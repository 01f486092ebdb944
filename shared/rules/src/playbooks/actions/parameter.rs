//! The value of an SSM parameter.

use std::str::FromStr;

use crate::{
    Invalid,
    invalid::sized,
    playbooks::matches::texts,
    yaml::{Fields, Log, Node},
};

/// The longest name of a parameter, in which the ARN before it counts, and its most levels:
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>.
const LONGEST_ARN: usize = 1011;
const MOST_LEVELS: usize = 15;

/// What precedes a name, which begins with `/`, in the ARN of the partition and Region with the longest names. A file is
/// not of one Region.
const BEFORE_NAME: &str = "arn:aws-iso-f:ssm:us-isof-south-1:123456789012:parameter";
const LONGEST_NAME: usize = LONGEST_ARN - BEFORE_NAME.len();

/// Sets an SSM parameter that an application reads: the name of a fallback model, a circuit breaker's state, the cap of
/// an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetParameter {
    /// The parameter's full name, from `/`.
    pub parameter: String,
    /// The value that is set; one of `allowed`.
    pub value: String,
    /// The values that the parameter may have, at least two. With any other value, a person has set it.
    pub allowed: Vec<String>,
}

impl SetParameter {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`set-parameter`", log)?;
        let parameter = fields.parse_required::<Name>("parameter", log);
        let value = fields.parse_required::<String>("value", log);
        let allowed_node = fields.required("allowed", log);
        let allowed = allowed_node.and_then(|node| texts(node, "allowed", log));
        if let (Some(value), Some(allowed), Some(node)) = (&value, &allowed, allowed_node) {
            if !allowed.contains(value) {
                log.at(
                    node.at,
                    format!("`allowed` does not have the `value` {value:?}"),
                );
            }
            if allowed.len() < 2 {
                let message = "`allowed` has one value: add those that the parameter may have before the change";
                log.at(node.at, message);
            }
        }
        fields.finish(log);
        Some(Self {
            parameter: parameter?.0,
            value: value?,
            allowed: allowed?,
        })
    }
}

/// A parameter's full name.
struct Name(String);

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, LONGEST_NAME)?;
        let legal = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
        };
        let is_reserved = |path: &str| {
            let path = path.to_ascii_lowercase();
            path.starts_with("aws") || path.starts_with("ssm")
        };
        match text.strip_prefix('/') {
            Some(path) if is_reserved(path) => Err(Invalid(format!(
                "{text:?} begins with `aws` or `ssm`: those parameters are AWS's own"
            ))),
            Some(path) if path.split('/').count() <= MOST_LEVELS && path.split('/').all(legal) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid(format!(
                "{text:?} is not the full name of a parameter such as `/agent/model`"
            ))),
        }
    }
}
