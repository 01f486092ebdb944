//! What a function's log group took, and its lines that look like errors.

use jiff::Timestamp;

use crate::{
    actions::{
        diagnose::{
            part::{Known, known},
            ports::{ErrorLines, ReadErrorLines},
        },
        series::sum,
        window::before,
    },
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadTags},
};

/// How far back log lines are read.
pub(super) const LOG_MINUTES: u32 = 10;

/// The error lines of a group that its owner tagged: log lines may be confidential, and the message's readers are others.
pub(super) async fn error_lines(
    candidate: &Candidate<'_>,
    group: &str,
    home: &Home,
    ports: &(impl ReadErrorLines + ReadTags),
    now: Timestamp,
) -> Known<ErrorLines> {
    let arn = home.arn("logs", &format!("log-group:{group}"));
    let tag = &candidate.playbook.allow_tag;
    let tags = known(ports.tags(&arn).await)?;
    if tags.get(&tag.key) != Some(&tag.value) {
        return Err(format!(
            "Log lines are shown of a group that is tagged {}={}, and {group} is not.",
            tag.key, tag.value
        ));
    }
    known(ports.error_lines(group, before(now, LOG_MINUTES)).await)
}

/// The log events of any kind that the group took; `None` where CloudWatch has no data.
pub(super) async fn events(
    group: &str,
    ports: &impl ReadMetrics,
    from: Timestamp,
    now: Timestamp,
) -> Known<Option<u64>> {
    let query = MetricQuery {
        namespace: "AWS/Logs",
        name: "IncomingLogEvents",
        dimensions: vec![("LogGroupName", group.to_owned())],
        statistic: "Sum",
    };
    let values = known(ports.metrics(&[query], from, now).await)?;
    let values = values.first().filter(|values| !values.is_empty());
    Ok(values.map(|values| sum(values)))
}
