//! The sentences about a function.

use std::fmt::Write as _;

use jiff::Timestamp;
use picket_shared::alarm::Alarm;

use super::{
    facts::{FunctionFacts, Upstream},
    log::LOG_MINUTES,
};
use crate::{
    actions::{
        diagnose::{
            lines::{LINES_SHOWN, kinds, shown},
            links::links,
        },
        window::WINDOW_MINUTES,
    },
    setting::Value,
};

/// A deployment within this time before the alarm is named as its likely cause.
const RECENT_SECONDS: i64 = 3_600;

/// The share of the timeout, in percent, from which a duration is named as near it.
const NEAR_PERCENT: u64 = 80;

impl FunctionFacts {
    /// What an operator reads. Of several functions, the first has what is the account's.
    pub(in crate::actions::diagnose) fn sentences(
        &self,
        alarm: &Alarm,
        with_account: bool,
    ) -> Vec<String> {
        let mut sentences = vec![self.deployment(alarm.changed_at), self.metrics()];
        if with_account {
            sentences.push(self.quota());
        }
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
        if with_account {
            sentences.extend(links(alarm, "lambda", is_traced));
        }
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
