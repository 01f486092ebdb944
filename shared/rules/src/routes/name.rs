//! Names of routes, silences and webhooks.

use std::str::FromStr;

use crate::{Invalid, invalid::sized};

/// The name of a route, a silence or a webhook; a webhook's is the end of a parameter's name.
pub(super) struct Name(pub(super) String);

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, 64)?;
        match text
            .chars()
            .find(|&letter| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter))
        {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a letter, a digit, `-`, `_` or `.`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}
