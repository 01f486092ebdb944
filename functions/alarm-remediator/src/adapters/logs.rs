//! Log groups and log events, from CloudWatch Logs.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::actions::{
    diagnose::{ErrorLines, ReadErrorLines},
    set_log_retention::{LogGroup, ReadLogGroup},
};

/// Any of these words. CloudWatch Logs compares case
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>).
const ERRORS: &str = r#"?ERROR ?Error ?Exception ?panicked ?"Task timed out""#;

/// The most events that are read.
const MOST_LINES: usize = 100;

/// The most pages that are read: a page may be empty although more follow.
const PAGES: usize = 5;

pub(super) fn group_resource(group: &str) -> Resource {
    Resource::new("log group", group, "correct the alarm or create the group")
}

impl ReadLogGroup for Adapters {
    async fn log_group(&self, group: &str) -> Result<Option<LogGroup>, Fault> {
        describe(&self.logs, group).await
    }
}

/// The group; `None` where it does not exist.
pub(super) async fn describe(client: &Client, group: &str) -> Result<Option<LogGroup>, Fault> {
    let mut pages = client
        .describe_log_groups()
        .log_group_name_prefix(group)
        .into_paginator()
        .send();
    // Names are sorted, so that the group itself is the first of those that begin with its name; the first page may
    // be empty.
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Fault::of(&group_resource(group), "read", error))?;
        let mut found = page.log_groups().iter();
        if let Some(found) = found.find(|found| found.log_group_name() == Some(group)) {
            let days = found.retention_in_days;
            return Ok(Some(LogGroup {
                retention_days: days.and_then(|days| u64::try_from(days).ok()),
                stored_bytes: u64::try_from(found.stored_bytes.unwrap_or(0)).unwrap_or(0),
            }));
        }
        if !page.log_groups().is_empty() {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The group's tags.
pub(super) async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = answer
        .await
        .map_err(|error| Fault::of(&group_resource(arn), "read the tags of", error))?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}

impl ReadErrorLines for Adapters {
    async fn error_lines(&self, group: &str, from: Timestamp) -> Result<ErrorLines, Fault> {
        let mut found = Vec::new();
        let mut next = None;
        for _ in 0..PAGES {
            let answer = self
                .logs
                .filter_log_events()
                .log_group_name(group)
                .filter_pattern(ERRORS)
                .start_time(from.as_millisecond())
                .start_from_head(false)
                .limit(100)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| Fault::of(&group_resource(group), "read events of", error))?;
            next = answer.next_token;
            found.extend(answer.events.unwrap_or_default());
            if next.is_none() || found.len() >= MOST_LINES {
                break;
            }
        }
        let more = next.is_some() || found.len() > MOST_LINES;
        found.sort_by_key(|event| std::cmp::Reverse(event.timestamp));
        found.truncate(MOST_LINES);
        let lines = found.into_iter().filter_map(|event| event.message);
        Ok(ErrorLines {
            lines: lines.collect(),
            more,
        })
    }
}
