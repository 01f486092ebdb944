//! What the actions on event source mappings share.

pub mod ports;

use std::{collections::BTreeMap, fmt};

use picket_aws::Fault;

use crate::{
    guards::{allowed_as, not_own_stack},
    model::{Candidate, Home, Scope},
    reads::ReadTags,
    refusal::Refusal,
};

pub use ports::ReadMappings;

/// An event source mapping of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its UUID.
    pub uuid: String,
    /// The ARN of its source.
    pub source: String,
    /// Whether it is enabled, or becomes so.
    pub enabled: bool,
    /// Whether AWS has applied its last change.
    pub settled: bool,
    /// The batches of a shard that it has processed at one time.
    pub parallelization: u32,
    /// What became of the last batch: `OK`, `No records processed`, `PROBLEM: …`; empty where Lambda does not say.
    pub last_result: String,
}

/// The reason why a function does not have the one mapping that an action needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOne {
    /// None is enabled.
    None {
        /// The mappings of the function, which are all disabled.
        disabled: usize,
    },
    /// Several are enabled.
    Several {
        /// Their sources.
        sources: Vec<String>,
    },
}

impl Mapping {
    /// Its ARN in this account and region.
    pub(crate) fn arn(&self, home: &Home) -> String {
        let Home {
            partition,
            region,
            account,
            ..
        } = home;
        let uuid = &self.uuid;
        format!("arn:{partition}:lambda:{region}:{account}:event-source-mapping:{uuid}")
    }

    /// Whether its source is a stream of Kinesis or `DynamoDB`, the only ones with a parallelization factor:
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>.
    pub(crate) fn is_stream(&self) -> bool {
        let service = self.source.split(':').nth(2);
        matches!(service, Some("kinesis" | "dynamodb"))
    }

    /// Refuses a mapping of the remediator's own stack. Mappings do not have the tags of their function:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/tags-esm.html>.
    pub(crate) fn not_own_stack(
        &self,
        tags: &BTreeMap<String, String>,
        scope: &Scope<'_>,
    ) -> Result<(), Refusal> {
        not_own_stack(&self.to_string(), tags, scope)
    }

    /// Refuses a mapping without the playbook's tag.
    pub(crate) fn allowed(
        &self,
        candidate: &Candidate<'_>,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        allowed_as(&self.to_string(), candidate, tags)
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event source mapping {} of {}", self.uuid, self.source)
    }
}

impl fmt::Display for NotOne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None { disabled: 0 } => {
                f.write_str("the function has no event source mapping that this playbook changes")
            }
            Self::None { disabled } => write!(
                f,
                "none of the function's event source mappings is enabled ({disabled} are disabled)"
            ),
            Self::Several { sources } => write!(
                f,
                "the function has {} enabled event source mappings ({}), and which of them is the cause is not known",
                sources.len(),
                sources.join(", ")
            ),
        }
    }
}

/// The tags of the one enabled mapping; none where there is not exactly one.
pub(crate) async fn read_tags(
    one: Result<&Mapping, NotOne>,
    home: &Home,
    ports: &impl ReadTags,
) -> Result<BTreeMap<String, String>, Fault> {
    match one {
        Ok(mapping) => ports.tags(&mapping.arn(home)).await,
        Err(_) => Ok(BTreeMap::new()),
    }
}

/// The one enabled mapping.
pub(crate) fn one_enabled<'a>(
    mappings: impl Iterator<Item = &'a Mapping>,
) -> Result<&'a Mapping, NotOne> {
    let (enabled, disabled): (Vec<_>, Vec<_>) = mappings.partition(|mapping| mapping.enabled);
    match enabled.as_slice() {
        [] => Err(NotOne::None {
            disabled: disabled.len(),
        }),
        [one] => Ok(one),
        several => Err(NotOne::Several {
            sources: several
                .iter()
                .map(|mapping| mapping.source.clone())
                .collect(),
        }),
    }
}
