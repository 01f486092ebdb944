//! The tag by which an owner allows repairs.

use crate::Invalid;

/// A tag's key and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

impl Tag {
    /// The key and the value that the remediator's role names (`functions/alarm-remediator/template.yaml`). With another
    /// tag, a resource needs both.
    pub const OF_ROLE: (&'static str, &'static str) = ("picket:remediate", "true");

    /// The tag that the remediator's role names.
    pub(super) fn of_role() -> Self {
        let (key, value) = Self::OF_ROLE;
        Self {
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }

    /// Whether it is the tag that the remediator's role names.
    pub fn is_of_role(&self) -> bool {
        (self.key.as_str(), self.value.as_str()) == Self::OF_ROLE
    }
}

impl std::str::FromStr for Tag {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(Invalid(format!(
                "{text:?} is not a tag such as `picket:remediate=true`"
            ))),
        }
    }
}
