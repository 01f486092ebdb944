//! `Fn::FindInMap`.

use serde_json::Value;

use super::{InvalidTemplate, Resolver, text, unknown};

impl Resolver<'_> {
    /// The fourth argument is `DefaultValue` (CloudFormation User Guide, `Fn::FindInMap`, enhanced).
    pub(super) fn find_in_map(&self, arguments: &[Value]) -> Result<Value, InvalidTemplate> {
        let (path, default) = match arguments {
            [map, first, second, rest] => (
                vec![map, first, second],
                rest.get("DefaultValue").map(|default| self.value(default)),
            ),
            path => (path.iter().collect(), None),
        };
        let key = |key: &&Value| self.value(key).map(|key| text(&key));
        let keys: Vec<String> =
            self.decided(|| path.iter().map(key).collect::<Result<_, InvalidTemplate>>())?;
        let mut found = self.template.get("Mappings");
        for key in &keys {
            found = found.and_then(|found| found.get(key));
        }
        match (found, default) {
            (Some(found), _) => Ok(found.clone()),
            (None, Some(default)) => default,
            (None, None) => Err(unknown("the mapping", &keys.join("."))),
        }
    }
}
