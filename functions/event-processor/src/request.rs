//! A request to a model as others spell it, given the fields of `workloads/bedrock-usage/events.md`, so that one rule reads them all:
//! Bedrock's model-invocation logs ([`invocation_log`]), an answer of Converse, and an answer's token-count headers ([`answer`]).
//!
//! The event keeps what it has: a field is added only where it has none of that name.

mod answer;
mod invocation_log;

use picket_rules::metrics::Source;
use serde_json::{Map, Value};

use crate::payload::Unreadable;

/// A request's fields.
#[derive(Debug, Default, PartialEq)]
struct Fields {
    request_id: Option<Value>,
    model_id: Option<Value>,
    agent_id: Option<Value>,
    incident_id: Option<Value>,
    input_tokens: Option<Value>,
    output_tokens: Option<Value>,
    cache_read_tokens: Option<Value>,
    cache_write_5m_tokens: Option<Value>,
    cache_write_1h_tokens: Option<Value>,
    latency_ms: Option<Value>,
    status: Option<Value>,
}

/// Completes an event, and says who reports it. An event that is no model's request stays as it is.
pub(crate) fn complete(json: &mut Value) -> Result<Source, Unreadable> {
    let Value::Object(event) = json else {
        return Ok(Source::Events);
    };
    if invocation_log::is_one(event) {
        invocation_log::fields(event)?.add_to(event);
        return Ok(Source::InvocationLogs);
    }
    // An event with our own field has told its tokens, whatever else it carries.
    if !event.contains_key("input_tokens")
        && let Some(fields) = answer::fields(event)
    {
        fields.add_to(event);
        complete_enough(event)?;
    }
    Ok(Source::Events)
}

/// Tokens without these would be lost in silence.
fn complete_enough(event: &Map<String, Value>) -> Result<(), Unreadable> {
    let is_text = |name| {
        event
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    if !is_text("request_id") {
        return Err(Unreadable::IncompleteUsage(
            "no request id: put requestId beside it",
        ));
    }
    if !is_text("model_id") {
        return Err(Unreadable::IncompleteUsage(
            "no model: put modelId beside it",
        ));
    }
    Ok(())
}

impl Fields {
    fn add_to(self, event: &mut Map<String, Value>) {
        for (name, value) in [
            ("request_id", self.request_id),
            ("model_id", self.model_id),
            ("agent_id", self.agent_id),
            ("incident_id", self.incident_id),
            ("input_tokens", self.input_tokens),
            ("output_tokens", self.output_tokens),
            ("cache_read_tokens", self.cache_read_tokens),
            ("cache_write_5m_tokens", self.cache_write_5m_tokens),
            ("cache_write_1h_tokens", self.cache_write_1h_tokens),
            ("latency_ms", self.latency_ms),
            ("status", self.status),
        ] {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                event.entry(name).or_insert(value);
            }
        }
    }

    /// The tokens written to the cache: all of them, and how many for an hour. The rest is for five minutes. Counts that do not fit
    /// one another leave all of it at five minutes, and what is no count stays as it is, for the rule to refuse.
    fn written(&mut self, all: Option<Value>, for_an_hour: Option<u64>) {
        let count = all.as_ref().and_then(Value::as_u64);
        match (count, for_an_hour) {
            (Some(all), Some(hour)) if hour <= all => {
                self.cache_write_5m_tokens = Some((all - hour).into());
                self.cache_write_1h_tokens = Some(hour.into());
            }
            _ => self.cache_write_5m_tokens = all,
        }
    }
}

/// The first of these fields that the object has.
fn first(object: &Map<String, Value>, names: &[&str]) -> Option<Value> {
    names.iter().find_map(|name| object.get(*name)).cloned()
}

/// Of the tokens written to the prompt cache, those for an hour: Converse's `cacheDetails`, or Anthropic's `cache_creation`.
fn written_for_an_hour(usage: &Value) -> Option<u64> {
    if let Some(details) = usage.get("cacheDetails").and_then(Value::as_array) {
        let hours = details.iter().filter(|detail| detail["ttl"] == "1h");
        return hours
            .map(|detail| detail["inputTokens"].as_u64())
            .try_fold(0_u64, |sum, tokens| sum.checked_add(tokens?));
    }
    usage
        .get("cache_creation")?
        .get("ephemeral_1h_input_tokens")?
        .as_u64()
}

#[cfg(test)]
mod tests;
