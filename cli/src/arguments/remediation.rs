//! `picket remediation`.

use clap::{Args, Subcommand};

use super::Lasts;

#[derive(Debug, Subcommand)]
pub(crate) enum RemediationCommand {
    /// Approves a plan that waits: the remediator makes it again from the facts of now, and makes the change if it is
    /// still the same.
    #[command(after_help = "Example:
  picket remediation approve 1a2b3c4d --stack picket-prod")]
    Approve {
        #[command(flatten)]
        plan: PlanArguments,
    },
    /// Declines a plan that waits: nothing is changed.
    #[command(after_help = "Example:
  picket remediation decline 1a2b3c4d --stack picket-prod")]
    Decline {
        #[command(flatten)]
        plan: PlanArguments,
    },
    /// Lists the plans that wait for approval, and the changes that were neither reverted nor kept for a person's change.
    ///
    /// Scans the table, at most 20 pages of 1 MB; the answer says so where there is more.
    #[command(after_help = "Example:
  picket remediation list --stack picket-prod --for 30d")]
    List {
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// The period in which the alarms of the changes changed state.
        #[arg(long = "for", value_name = "TIME", default_value = "7d")]
        lasts: Lasts,
    },
}

/// A plan of a deployed stack.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// The plan's id, as its message and `list` show it.
    pub(crate) plan: PlanId,
    /// The stack's name.
    #[arg(long)]
    pub(crate) stack: String,
}

/// The id of a plan: letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlanId(String);

impl PlanId {
    /// The id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PlanId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(is_legal);
        is_id.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!("{text:?} is no plan's id: copy it from the plan's message, such as 1a2b3c4d")
        })
    }
}
