//! The run of an Automation document.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::{
    Invalid,
    yaml::{Fields, Log, Node, Value, parse},
};

/// The most parameters of a document that a playbook gives: they are in the target's name, which must stay readable.
const MOST_PARAMETERS: usize = 5;

/// Runs an Automation document of Systems Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunAutomation {
    /// The document.
    pub document: Document,
    /// The document's parameters by name, and where their values come from.
    pub parameters: BTreeMap<String, Source>,
}

/// The ARN of a document of an account: `arn:aws:ssm:eu-west-1:123456789012:document/restart`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    arn: String,
    name: String,
}

/// Where the value of a document's parameter comes from: the alarm, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The alarm's ARN.
    AlarmArn,
    /// The account in the alarm's ARN.
    Account,
    /// The Region in the alarm's ARN.
    Region,
    /// The value of this dimension of the alarm's metric.
    Dimension(String),
}

impl Document {
    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl RunAutomation {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`run-automation`", log)?;
        let document = fields.parse_required::<Document>("document", log);
        let parameters = fields.optional("parameters");
        let parameters =
            parameters.map_or_else(|| Some(BTreeMap::new()), |node| read_parameters(node, log));
        fields.finish(log);
        Some(Self {
            document: document?,
            parameters: parameters?,
        })
    }
}

fn read_parameters(node: &Node, log: &mut Log) -> Option<BTreeMap<String, Source>> {
    let Value::Map(entries) = &node.value else {
        log.at(
            node.at,
            "`parameters` must be a mapping of names to sources",
        );
        return None;
    };
    if entries.len() > MOST_PARAMETERS {
        let message = format!("`parameters` has more than {MOST_PARAMETERS} parameters");
        log.at(node.at, message);
    }
    let read = |(key, value): &(Node, Node)| {
        let name = key.text().unwrap_or_default().to_owned();
        let source = parse(value, &name, log)?;
        Some((name, source))
    };
    let parameters: Vec<_> = entries.iter().map(read).collect();
    parameters.into_iter().collect()
}

impl FromStr for Document {
    type Err = Invalid;

    /// The characters of a document's name:
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html>.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let legal =
            |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
        let parts: Vec<_> = text.split(':').collect();
        if let ["arn", partition, "ssm", region, account, resource] = parts[..]
            && ![partition, region, account].contains(&"")
            && let Some(name) = resource.strip_prefix("document/")
            && (3..=128).contains(&name.len())
            && name.chars().all(legal)
        {
            return Ok(Self {
                arn: text.to_owned(),
                name: name.to_owned(),
            });
        }
        Err(Invalid(format!(
            "{text:?} is not the ARN of a document of your account such as `arn:aws:ssm:eu-west-1:123456789012:document/restart`"
        )))
    }
}

impl FromStr for Source {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "alarm-arn" => Ok(Self::AlarmArn),
            "alarm-account" => Ok(Self::Account),
            "alarm-region" => Ok(Self::Region),
            _ => match text.strip_prefix("dimension ") {
                Some(name) if (1..=255).contains(&name.len()) => {
                    Ok(Self::Dimension(name.to_owned()))
                }
                _ => Err(Invalid(format!(
                    "{text:?} is not a source of a value: expected `alarm-arn`, `alarm-account`, `alarm-region` or `dimension NAME`"
                ))),
            },
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlarmArn => f.write_str("alarm-arn"),
            Self::Account => f.write_str("alarm-account"),
            Self::Region => f.write_str("alarm-region"),
            Self::Dimension(name) => write!(f, "dimension {name}"),
        }
    }
}
