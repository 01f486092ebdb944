//! A function: its newest deployment, errors, throttles and duration, what feeds it, and what it logged.

use std::fmt::Write as _;

use jiff::Timestamp;
use picket_shared::alarm::Alarm;

use super::{
    lines::{LINES_SHOWN, kinds, shown},
    links::links,
    part::{Known, known},
    ports::{ErrorLines, Function, ReadErrorLines, Reads},
    stream::{self, StreamFacts},
};
use crate::{
    actions::{
        function::qualifier,
        mapping::Mapping,
        reserved_concurrency::AccountLimits,
        series::{most, sum},
        window::{WINDOW_MINUTES, before},
    },
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadTags},
    setting::{Setting, Value},
};

/// How far back log lines are read.
const LOG_MINUTES: u32 = 10;

/// A deployment within this time before the alarm is named as its likely cause.
const RECENT_SECONDS: i64 = 3_600;

/// The share of the timeout, in percent, from which a duration is named as near it.
const NEAR_PERCENT: u64 = 80;

/// The most upstream streams that are read.
const UPSTREAM: usize = 3;

/// What was read about a function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionFacts {
    /// The function; `None` where it does not exist.
    pub function: Known<Option<Function>>,
    /// Its reservation: a number, or absent.
    pub reserved: Known<Option<Value>>,
    /// Its metrics.
    pub metrics: Known<FunctionMetrics>,
    /// The account's executions.
    pub account: Known<AccountLimits>,
    /// Its event source mappings.
    pub mappings: Known<Vec<Mapping>>,
    /// The Kinesis streams among their sources.
    pub upstream: Vec<Upstream>,
    /// The log events of the last minutes that look like errors.
    pub lines: Known<ErrorLines>,
    /// The log events of any kind that its group took; `None` where CloudWatch has no data.
    pub log_events: Known<Option<u64>>,
}

/// A stream that feeds a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// What was read about it.
    pub facts: StreamFacts,
}

/// A function's metrics of the last minutes, and the account's of Bedrock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FunctionMetrics {
    /// Invocations.
    pub invocations: u64,
    /// Failed invocations.
    pub errors: u64,
    /// Throttled invocations.
    pub throttles: u64,
    /// The p95 of the duration in the slowest minute, in milliseconds.
    pub p95_ms: u64,
    /// The most concurrent executions.
    pub concurrent: u64,
    /// The most concurrent executions of all functions of the account.
    pub account_concurrent: u64,
    /// Throttled requests to Bedrock, of all models and callers in the account.
    pub bedrock_throttles: u64,
    /// Requests to Bedrock that failed on its side.
    pub bedrock_errors: u64,
}

/// The metrics of [`FunctionMetrics`], in its order: namespace, name, statistic, and whether they are the function's.
const METRICS: [(&str, &str, &str, bool); 8] = [
    ("AWS/Lambda", "Invocations", "Sum", true),
    ("AWS/Lambda", "Errors", "Sum", true),
    ("AWS/Lambda", "Throttles", "Sum", true),
    ("AWS/Lambda", "Duration", "p95", true),
    ("AWS/Lambda", "ConcurrentExecutions", "Maximum", true),
    // Over all functions: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>.
    ("AWS/Lambda", "ConcurrentExecutions", "Maximum", false),
    // Over all models: <https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html>.
    ("AWS/Bedrock", "InvocationThrottles", "Sum", false),
    ("AWS/Bedrock", "InvocationServerErrors", "Sum", false),
];

/// Reads the parts.
pub(super) async fn read(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &impl Reads,
    from: Timestamp,
    now: Timestamp,
) -> FunctionFacts {
    let name = candidate.target.as_str();
    let qualifier = qualifier(candidate.playbook, candidate.alarm, name);
    let qualifier = qualifier.as_deref();
    let setting = Setting::ReservedConcurrency {
        function: name.to_owned(),
    };
    let (function, reserved, metrics, account, mappings) = tokio::join!(
        ports.function(name, qualifier),
        ports.setting(&setting),
        metrics(name, ports, from, now),
        ports.account(),
        ports.mappings(name),
    );
    let (function, mappings) = (known(function), known(mappings));
    let mut upstream = Vec::new();
    for source in mappings
        .iter()
        .flatten()
        .filter_map(stream_of)
        .take(UPSTREAM)
    {
        let facts = stream::read(source, ports, from, now).await;
        upstream.push(Upstream {
            name: source.to_owned(),
            facts,
        });
    }
    let group = function.as_ref().ok().and_then(Option::as_ref);
    let (lines, log_events) = match group.map(|function| function.log_group.as_str()) {
        None => {
            let sentence = || "Not known: the function's log group.".to_owned();
            (Err(sentence()), Err(sentence()))
        }
        Some(group) => tokio::join!(
            lines(candidate, group, home, ports, now),
            log_events(group, ports, from, now)
        ),
    };
    FunctionFacts {
        function,
        reserved: known(reserved).map(|reading| reading.map(|reading| reading.value)),
        metrics,
        account: known(account),
        mappings,
        upstream,
        lines,
        log_events,
    }
}

/// The error lines of a group that its owner tagged: log lines may be confidential, and the message's readers are others.
async fn lines(
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

/// The stream's name in `arn:aws:kinesis:eu-west-1:123456789012:stream/orders`.
fn stream_of(mapping: &Mapping) -> Option<&str> {
    let mut parts = mapping.source.splitn(6, ':');
    (parts.nth(2)? == "kinesis").then_some(())?;
    parts.nth(2)?.strip_prefix("stream/")
}

async fn metrics(
    function: &str,
    ports: &impl ReadMetrics,
    from: Timestamp,
    now: Timestamp,
) -> Known<FunctionMetrics> {
    let queries = METRICS.map(|(namespace, name, statistic, of_function)| MetricQuery {
        namespace,
        name,
        dimensions: if of_function {
            vec![("FunctionName", function.to_owned())]
        } else {
            Vec::new()
        },
        statistic,
    });
    let values = known(ports.metrics(&queries, from, now).await)?;
    let of = |number: usize| values.get(number).map(Vec::as_slice).unwrap_or_default();
    Ok(FunctionMetrics {
        invocations: sum(of(0)),
        errors: sum(of(1)),
        throttles: sum(of(2)),
        p95_ms: most(of(3)),
        concurrent: most(of(4)),
        account_concurrent: most(of(5)),
        bedrock_throttles: sum(of(6)),
        bedrock_errors: sum(of(7)),
    })
}

async fn log_events(
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

impl FunctionFacts {
    /// What an operator reads.
    pub(super) fn sentences(&self, alarm: &Alarm) -> Vec<String> {
        let mut sentences = vec![
            self.deployment(alarm.changed_at),
            self.metrics(),
            self.quota(),
        ];
        sentences.extend(self.sources());
        for Upstream { name, facts } in &self.upstream {
            sentences.extend(
                facts
                    .sentences()
                    .into_iter()
                    .map(|sentence| format!("stream/{name}: {sentence}")),
            );
        }
        let function = self.function.as_ref().ok().and_then(Option::as_ref);
        let is_traced = function.is_some_and(|function| function.is_traced);
        sentences.extend(links(alarm, "lambda", is_traced));
        sentences.extend(self.logged());
        sentences
    }

    fn quota(&self) -> String {
        let account = match &self.account {
            Err(sentence) => return sentence.clone(),
            Ok(account) => account,
        };
        let ran = self.metrics.as_ref().map_or_else(
            |_| String::new(),
            |metrics| {
                let ran = metrics.account_concurrent;
                format!(
                    "; it ran {ran} ({} %)",
                    percent(ran, account.concurrent.into())
                )
            },
        );
        format!(
            "The account's quota is {} executions at one time{ran}; {} are not reserved.",
            account.concurrent, account.unreserved
        )
    }

    fn deployment(&self, alarm_since: Timestamp) -> String {
        let function = match &self.function {
            Err(sentence) => return sentence.clone(),
            Ok(None) => return "There is no such function in this account and region.".to_owned(),
            Ok(Some(function)) => function,
        };
        let mut text = format!("Version {}", function.version);
        match function.modified_at {
            None => text.push_str(", and when it was deployed is not known"),
            Some(modified) => {
                let seconds = alarm_since.duration_since(modified).as_secs();
                let _ = write!(text, ", deployed {modified:.0}");
                if (0..=RECENT_SECONDS).contains(&seconds) {
                    let _ = write!(
                        text,
                        ", {} minutes before the alarm: look at that change first",
                        seconds / 60
                    );
                }
            }
        }
        if function.state != "Active" {
            let _ = write!(text, "; the function is {}", function.state);
        }
        text.push('.');
        text
    }

    fn metrics(&self) -> String {
        let metrics = match &self.metrics {
            Err(sentence) => return sentence.clone(),
            Ok(metrics) => metrics,
        };
        let mut text = format!(
            "In the last {WINDOW_MINUTES} minutes {} invocations, {} failed ({} %), {} throttled",
            metrics.invocations,
            metrics.errors,
            percent(metrics.errors, metrics.invocations),
            metrics.throttles
        );
        if let Ok(Some(function)) = &self.function {
            let timeout_ms = function.timeout_seconds.saturating_mul(1_000);
            let _ = write!(
                text,
                "; p95 of the duration {} ms of a timeout of {timeout_ms} ms",
                metrics.p95_ms
            );
            if percent(metrics.p95_ms, timeout_ms) >= NEAR_PERCENT {
                text.push_str(", which is near it");
            }
        }
        let _ = write!(
            text,
            "; {} executions at one time, {}.",
            metrics.concurrent,
            self.reservation()
        );
        if metrics.bedrock_throttles + metrics.bedrock_errors > 0 {
            let _ = write!(
                text,
                " Bedrock throttled {} requests of this account and failed {}.",
                metrics.bedrock_throttles, metrics.bedrock_errors
            );
        }
        text
    }

    fn reservation(&self) -> String {
        match &self.reserved {
            Ok(Some(Value::Number(0))) => "and its reservation is 0: it is stopped".to_owned(),
            Ok(Some(Value::Number(reserved))) => format!("and {reserved} are reserved"),
            Ok(
                Some(
                    Value::Absent
                    | Value::Flag(_)
                    | Value::Text(_)
                    | Value::Units { .. }
                    | Value::Provisioned { .. }
                    | Value::NewRun,
                )
                | None,
            ) => "and it has no reservation".to_owned(),
            Err(_) => "and its reservation is not known".to_owned(),
        }
    }

    fn sources(&self) -> Vec<String> {
        match &self.mappings {
            Err(sentence) => vec![sentence.clone()],
            Ok(mappings) if mappings.is_empty() => vec!["No event source mapping.".to_owned()],
            Ok(mappings) => mappings
                .iter()
                .map(|mapping| {
                    let state = if mapping.enabled {
                        "enabled"
                    } else {
                        "disabled"
                    };
                    let result = match mapping.last_result.as_str() {
                        "" => "not known",
                        result => result,
                    };
                    format!(
                        "The mapping of {} is {state}; last result: {result}.",
                        mapping.source
                    )
                })
                .collect(),
        }
    }

    fn logged(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        match &self.log_events {
            Err(_) => {}
            Ok(None | Some(0)) => sentences.push(format!(
                "Its log group took no event in the last {WINDOW_MINUTES} minutes: it did not run, or logging does not work."
            )),
            Ok(Some(events)) => sentences.push(format!(
                "Its log group took {events} events in the last {WINDOW_MINUTES} minutes."
            )),
        }
        let found = match &self.lines {
            Err(sentence) => {
                sentences.push(sentence.clone());
                return sentences;
            }
            Ok(found) => found,
        };
        if found.lines.is_empty() {
            sentences.push(format!(
                "No log line of the last {LOG_MINUTES} minutes looks like an error."
            ));
            return sentences;
        }
        let kinds: Vec<_> = kinds(&found.lines)
            .into_iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        sentences.push(format!(
            "{}{} log lines of the last {LOG_MINUTES} minutes look like errors ({}), the newest:",
            if found.more { "At least " } else { "" },
            found.lines.len(),
            kinds.join(", ")
        ));
        sentences.extend(found.lines.iter().take(LINES_SHOWN).map(|line| shown(line)));
        sentences
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}
