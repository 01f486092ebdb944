//! Documents without their secrets.

use serde_json::{Map, Value};

/// Keys of credentials, in lower case: a channel has more readers than a credential is meant for.
const SECRETS: [&str; 8] = [
    "artifactcredentials",
    "authorization",
    "password",
    "secret",
    "secretaccesskey",
    "sessiontoken",
    "token",
    "subscribeurl",
];

/// Returns a copy of the document without nulls and with secrets replaced by `(hidden)`.
pub(crate) fn presentable(value: &Value) -> Value {
    let shown = |(key, inner): (&String, &Value)| {
        let is_secret = SECRETS.contains(&key.to_ascii_lowercase().as_str());
        let inner = if is_secret {
            Value::from("(hidden)")
        } else {
            presentable(inner)
        };
        (key.clone(), inner)
    };
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, inner)| !inner.is_null())
            .map(shown)
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list
            .iter()
            .filter(|inner| !inner.is_null())
            .map(presentable)
            .collect::<Vec<_>>()
            .into(),
        other => other.clone(),
    }
}
