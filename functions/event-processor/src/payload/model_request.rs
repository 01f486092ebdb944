//! Model requests in other spellings get the fields of `workloads/bedrock-usage/events.md`, so that one rule reads them
//! all: Bedrock's model-invocation logs ([`invocation_log`]), a response of Converse or of a model, and a response's
//! token-count headers ([`answer`]).
//!
//! The event keeps its fields: one is added only where the event has none of that name, `null` and an empty text being
//! none.

mod answer;
mod invocation_log;

use picket_rules::metrics::Source;
use serde_json::{Map, Value};

use super::slow_path_fields::Container;

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
    error_code: Option<Value>,
    service_tier: Option<Value>,
}

/// The part that token usage lacks, so that it cannot be entered in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IncompleteUsage {
    /// The request id, by which duplicates are recognised.
    #[error("no request id: put requestId beside it")]
    RequestId,
    /// The model, which determines the price.
    #[error("no model: put modelId beside it")]
    Model,
    /// One of the counts of input and output tokens.
    #[error("only one of its two counts: put the input and the output tokens beside one another")]
    Counts,
    /// A field of an invocation log of an unknown format.
    #[error("lacks the requestId or modelId that every invocation log has")]
    InvocationLog,
}

/// The source of an event, and the part that its usage lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Completed {
    pub(crate) source: Source,
    pub(crate) incomplete: Option<IncompleteUsage>,
}

/// Adds the fields of a model request to an event. Any other event stays as it is.
pub(crate) fn complete(json: &mut Value) -> Completed {
    let mut source = Source::Events;
    let Value::Object(event) = json else {
        return Completed {
            source,
            incomplete: None,
        };
    };
    let fields = if let Some(fields) = read(Container::InvocationLog, event) {
        source = Source::InvocationLogs;
        Some(fields)
    } else if event.contains_key("input_tokens") {
        // An event with the rules' own field has its tokens there, whatever else it holds.
        None
    } else {
        answer::fields(event)
    };
    let incomplete = fields.and_then(|fields| match fields {
        Ok(fields) => {
            fields.add_to(event);
            lacking(event)
        }
        Err(incomplete) => Some(incomplete),
    });
    Completed { source, incomplete }
}

/// Reads a container's fields; `None` where the event is no such object. The only way to a container's reader: an event
/// without a container's declared fields holds none of it on the slow path either.
fn read(
    container: Container,
    event: &Map<String, Value>,
) -> Option<Result<Fields, IncompleteUsage>> {
    if !container.is_in(event) {
        return None;
    }
    match container {
        // Read as payloads: the envelope before its events, the message where it is counted.
        Container::Subscription | Container::FleetMessage => None,
        Container::InvocationLog => invocation_log::fields(event),
        Container::Usage => answer::usage(event),
        Container::InvocationMetrics => answer::invocation_metrics(event),
        Container::ConverseUsage => answer::converse_usage(event),
        Container::Headers => answer::headers(event).map(Ok),
    }
}

/// Returns the part that a request's usage lacks.
fn lacking(event: &Map<String, Value>) -> Option<IncompleteUsage> {
    let is_text = |name| {
        event
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.trim().is_empty())
    };
    if !is_text("request_id") {
        return Some(IncompleteUsage::RequestId);
    }
    (!is_text("model_id")).then_some(IncompleteUsage::Model)
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
            ("error_code", self.error_code),
            ("service_tier", self.service_tier),
        ] {
            let has_none = event.get(name).is_none_or(is_nothing);
            if let Some(value) = value.filter(|value| has_none && !value.is_null()) {
                event.insert(name.to_owned(), value);
            }
        }
    }

    /// Sets the tokens written to the cache, from all of them and those for an hour. The rest is for five minutes.
    /// Where the counts contradict each other, all are for five minutes; a value that is no count stays, for the rule
    /// to reject.
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

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value == ""
}

/// Returns the first of these fields that the object has.
fn first(object: &Map<String, Value>, names: &[&str]) -> Option<Value> {
    names.iter().find_map(|name| object.get(*name)).cloned()
}

/// Returns the service tier of the request: that of the stream's last event (Bedrock Runtime API reference,
/// `ConverseStreamMetadataEvent`), else the answer's own.
fn tier(answer: &Map<String, Value>) -> Option<Value> {
    let metadata = answer.get("metadata").and_then(Value::as_object);
    [metadata, Some(answer)]
        .into_iter()
        .flatten()
        .find_map(tier_beside)
}

/// Returns the tier beside the token counts, as a word of `service_tier`: Converse's `serviceTier.type`, or a
/// `performanceConfig.latency` other than the standard one. A body of `OpenAI`'s or Anthropic's has the word at its
/// top, or in `usage`. What is no word is a tier without a price.
fn tier_beside(part: &Map<String, Value>) -> Option<Value> {
    let within = |name: &str, field: &str| part.get(name)?.get(field);
    let latency = within("performanceConfig", "latency").filter(|latency| *latency != "standard");
    let tier = match part.get("serviceTier") {
        Some(Value::Object(tier)) => tier.get("type"),
        other => other,
    };
    let found = [latency, tier, within("usage", "service_tier")];
    let value = found.into_iter().flatten().find(|value| !value.is_null())?;
    Some(match value {
        Value::String(_) => value.clone(),
        other => other.to_string().into(),
    })
}

/// Tokens written to the prompt cache for an hour: Converse's `cacheDetails`, or Anthropic's `cache_creation`.
fn written_for_an_hour(usage: &Map<String, Value>) -> Option<u64> {
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
