//! The retention of a log group.

use std::str::FromStr;

use crate::{
    Invalid,
    yaml::{Fields, Log, Node},
};

/// The days that CloudWatch Logs accepts:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const ACCEPTED: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Sets the retention of a log group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetLogRetention {
    /// One of the numbers of days that CloudWatch Logs accepts.
    pub days: u32,
}

impl SetLogRetention {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`set-log-retention`", log)?;
        let days = fields.parse_required::<Days>("days", log);
        fields.finish(log);
        Some(Self { days: days?.0 })
    }
}

struct Days(u32);

impl FromStr for Days {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(days) if ACCEPTED.contains(&days) => Ok(Self(days)),
            _ => Err(Invalid(format!(
                "{text:?} is not a retention of CloudWatch Logs: expected one of {ACCEPTED:?}"
            ))),
        }
    }
}
