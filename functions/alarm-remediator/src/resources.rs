//! The resources that the stack has or watches, as its template names them.

use std::{collections::BTreeMap, str::FromStr};

/// The names by the parameter or the logical id of the root template, from `STACK_RESOURCES`: `Name=value`, separated by
/// white space. A parameter that is empty has no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources(BTreeMap<String, String>);

impl Resources {
    /// The name of a resource; `None` where the stack has none.
    pub fn name(&self, of: &str) -> Option<&str> {
        let name = self.0.get(of)?;
        (!name.is_empty()).then_some(name.as_str())
    }

    /// What the template passes, whether it has a value or not.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromStr for Resources {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut resources = BTreeMap::new();
        for word in text.split_whitespace() {
            let (key, name) = word
                .split_once('=')
                .filter(|(key, _)| !key.is_empty())
                .ok_or_else(|| format!("{word:?} is not Name=value"))?;
            if resources.insert(key.to_owned(), name.to_owned()).is_some() {
                return Err(format!("{key} appears twice"));
            }
        }
        Ok(Self(resources))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_the_name_that_the_template_passes() {
        let resources: Resources = "EventStream=events-1  UserJourneyTableName= Model=a=b"
            .parse()
            .unwrap();
        assert_eq!(resources.name("EventStream"), Some("events-1"));
        assert_eq!(resources.name("UserJourneyTableName"), None);
        assert_eq!(resources.name("Model"), Some("a=b"));
        assert_eq!(resources.name("Other"), None);
        assert_eq!(resources.keys().count(), 3);
        assert_eq!("".parse(), Ok(Resources::default()));
        for text in ["EventStream", "=a", "A=1 A=2"] {
            assert!(text.parse::<Resources>().is_err(), "{text}");
        }
    }
}
