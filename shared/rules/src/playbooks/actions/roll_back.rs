//! The rollback of a deployment.

use std::time::Duration;

use crate::{
    playbooks::values::Span,
    yaml::{Fields, Log, Node},
};

/// Sets a Lambda alias to the version before the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollBackAlias {
    /// The greatest age of a deployment that is rolled back: after it, the deployment is not the cause.
    pub deployed_within: Duration,
}

impl RollBackAlias {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`roll-back-alias`", log)?;
        let deployed_within = fields.parse_required::<Span>("deployed-within", log);
        fields.finish(log);
        Some(Self {
            deployed_within: deployed_within?.0,
        })
    }
}
