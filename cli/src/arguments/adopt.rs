//! The arguments of `picket adopt`.

use std::path::PathBuf;

use clap::Args;
use picket_rules::Glob;

use super::alarms::Parameter;

/// The arguments of `picket adopt`.
#[derive(Debug, Args)]
pub(crate) struct AdoptArguments {
    /// The workload's name: lower-case letters, digits and hyphens.
    pub(crate) name: WorkloadName,
    /// Answers of `aws cloudwatch describe-alarms`, `aws cloudwatch get-dashboard`, `aws logs describe-metric-filters` and
    /// `aws logs describe-query-definitions`, and CloudFormation templates, whose alarms are read.
    #[arg(required_unless_present = "account")]
    pub(crate) files: Vec<PathBuf>,
    /// Reads them from the account and Region of the credentials.
    #[arg(long, conflicts_with = "files")]
    pub(crate) account: bool,
    /// The folder in which the workload's folder is made.
    #[arg(long, default_value = "workloads")]
    pub(crate) into: PathBuf,
    /// A parameter of the templates, or a pseudo parameter such as `AWS::Region`.
    #[arg(long = "parameter", value_name = "KEY=VALUE")]
    pub(crate) parameters: Vec<Parameter>,
    /// Alarms that notify the critical topic, by name, `*` for any characters; the others notify the warning topic.
    #[arg(long = "critical", value_name = "PATTERN")]
    pub(crate) critical: Vec<Glob>,
    /// Writes the metric filters as Picket's metric rules, which replace them.
    #[arg(long)]
    pub(crate) rules: bool,
}

/// A workload's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkloadName(String);

impl WorkloadName {
    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest name: it is part of the names of alarms, which have 255 characters.
const LONGEST: usize = 40;

impl std::str::FromStr for WorkloadName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = text.len() <= LONGEST
            && text.bytes().all(legal)
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && !text.ends_with('-');
        is_name.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!(
                "{text:?} is no workload's name: lower-case letters, digits and hyphens, a letter first, at most \
                 {LONGEST}, such as orders-api"
            )
        })
    }
}
