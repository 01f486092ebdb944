//! Lambda: the records of its destinations, and what dead-letter queues and topics are given.

use serde_json::Value;

use crate::decode::{
    Content, decode,
    event::{Event, last_part},
};
use crate::{
    decode::{
        dead_letter::{CODES, ERRORS},
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    message::Message,
};

pub(super) fn is_record(document: Node<'_>) -> bool {
    document.has_all(&["requestContext/functionArn", "requestContext/condition"])
}

pub(super) fn event(event: &Event<'_>) -> Notice {
    record(event.detail).location(event.location())
}

pub(super) fn record(document: Node<'_>) -> Notice {
    let context = document.at("requestContext");
    let arn = context.str("functionArn").trim_end_matches(":$LATEST");
    let condition = context
        .text("condition")
        .unwrap_or_else(|| "FAILED".to_owned());
    let answer = document.at("responsePayload");
    let kind = answer
        .text("errorType")
        .map(|kind| format!("{kind}: "))
        .unwrap_or_default();
    let error = answer.text("errorMessage").map(|message| kind + &message);
    let status = if condition == "Success" {
        Status::Good
    } else {
        Status::Bad
    };
    Notice::new(&condition, format!("Lambda {}", function_name(arn)))
        .status(status)
        .location(Location::of_arn(arn))
        .because(error.or_else(|| document.text("responseContext/functionError")))
        .field("Tries", context.text("approximateInvokeCount"))
        .code("Request", context.text("requestId"))
        .field("Batch", batch(document))
        .lines("Stack", answer.list("stackTrace").into_iter().filter_map(|line| line.value().as_str().map(str::to_owned)).collect())
        .lines("Payload", pretty(document.at("requestPayload").value()))
        .at(document.timestamp("timestamp"))
        .console_of("Open in Lambda", "lambda/home?region={region}#/functions/{}?tab=monitoring", Some(function_name(arn)))
        .console_of("Logs", "cloudwatch/home?region={region}#logsV2:log-groups/log-group/$252Faws$252Flambda$252F{}", Some(function_name(arn)))
}

/// `arn:…:function:name:version`
fn function_name(arn: &str) -> &str {
    arn.split(':')
        .nth(6)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| last_part(arn))
}

/// Records of a stream that were given up.
fn batch(document: Node<'_>) -> Option<String> {
    ["KinesisBatchInfo", "DDBStreamBatchInfo"]
        .iter()
        .find_map(|name| {
            let batch = document.at(name);
            let size = batch.text("batchSize")?;
            Some(format!("{size} records of {}", batch.text("shardId")?))
        })
}

/// A document without its nulls, line by line.
fn pretty(value: &Value) -> Vec<String> {
    if value.is_null() {
        return Vec::new();
    }
    let written =
        serde_json::to_string_pretty(&crate::decode::presentable(value)).unwrap_or_default();
    written.lines().map(str::to_owned).collect()
}

pub(super) fn dead_letter(message: &Message) -> Notice {
    let attribute = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| crate::decode::lenient::word(message.attributes.get(*name)?))
    };
    let target = attribute(&["TARGET_ARN"]);
    let rule = attribute(&["RULE_ARN"]);
    let subject = target
        .as_deref()
        .map(|arn| format!(" for {}", last_part(arn)))
        .unwrap_or_default();
    let inside = decode(&Message {
        attributes: std::collections::BTreeMap::new(),
        ..message.clone()
    });
    let about = match &inside.content {
        Content::Notice(notice) => Some(format!("{} · {}", notice.state, notice.subject)),
        Content::Alarm(alarm) => Some(format!("{} · {}", alarm.state.as_str(), alarm.name)),
        _ => None,
    };
    let payload = match &message.body {
        crate::message::Body::Json(value) => pretty(value),
        crate::message::Body::Text(text) => text.lines().map(str::to_owned).collect(),
    };
    Notice::new("DEAD LETTER", format!("An event{subject} was given up"))
        .status(Status::Bad)
        .location(
            rule.as_deref()
                .or(target.as_deref())
                .map(Location::of_arn)
                .unwrap_or_default(),
        )
        .because(attribute(&ERRORS))
        .field("About", about)
        .field("Code", attribute(&CODES))
        .code("Rule", rule.as_deref().map(|arn| last_part(arn).to_owned()))
        .code("Target", target)
        .code("Request", attribute(&["RequestID"]))
        .field("Tries", attribute(&["RETRY_ATTEMPTS"]))
        .lines("Payload", payload)
}
