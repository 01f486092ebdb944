//! What is read about a function.

use jiff::Timestamp;

use super::{
    log,
    metrics::{self, FunctionMetrics},
};
use crate::{
    actions::{
        diagnose::{
            part::{Known, known},
            ports::{ErrorLines, Function, Reads},
            stream::{self, StreamFacts},
        },
        function::qualifier,
        mapping::Mapping,
        reserved_concurrency::AccountLimits,
    },
    model::{Candidate, Home},
    setting::{Setting, Value},
};

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

/// Reads the parts.
pub(in crate::actions::diagnose) async fn read(
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
        metrics::read(name, ports, from, now),
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
            log::error_lines(candidate, group, home, ports, now),
            log::events(group, ports, from, now)
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

/// The stream's name in `arn:aws:kinesis:eu-west-1:123456789012:stream/orders`.
fn stream_of(mapping: &Mapping) -> Option<&str> {
    let mut parts = mapping.source.splitn(6, ':');
    (parts.nth(2)? == "kinesis").then_some(())?;
    parts.nth(2)?.strip_prefix("stream/")
}
