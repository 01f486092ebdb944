//! `Fn::Sub`.

use serde_json::Value;

use super::{InvalidTemplate, Resolver, text};

impl Resolver<'_> {
    pub(super) fn substituted(&self, arguments: &Value) -> Result<String, InvalidTemplate> {
        let (pattern, own) = match arguments {
            Value::Array(list) => (list.first(), list.get(1)),
            other => (Some(other), None),
        };
        let pattern = pattern
            .and_then(Value::as_str)
            .ok_or_else(|| InvalidTemplate::Function(format!("Fn::Sub {arguments}")))?;
        let mut result = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| InvalidTemplate::Function(format!("Fn::Sub {pattern}")))?;
            result.push_str(before);
            result.push_str(&self.substitute(name, own)?);
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }

    fn substitute(&self, name: &str, own: Option<&Value>) -> Result<String, InvalidTemplate> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        if let Some(value) = own.and_then(|own| own.get(name)) {
            return self.value(value).map(|value| text(&value));
        }
        if name.contains('.') {
            return Ok(name.to_owned());
        }
        self.reference(name).map(|value| text(&value))
    }
}
