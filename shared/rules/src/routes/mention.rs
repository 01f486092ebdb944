//! Who is mentioned.

use std::{fmt, str::FromStr};

use crate::Invalid;

/// A mention; displays as it is written in a route.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mention {
    /// The active members of the channel.
    Here,
    /// Everybody in the channel.
    Channel,
    /// Everybody in the workspace.
    Everyone,
    /// One person, by id (`U024BE7LH`, `W…` in an enterprise grid).
    User(String),
    /// A user group, by id (`S…`).
    Group(String),
}

impl Mention {
    /// Slack's markup: it must not be escaped.
    pub fn markup(&self) -> String {
        match self {
            Self::Here | Self::Channel | Self::Everyone => format!("<!{self}>"),
            Self::User(id) => format!("<@{id}>"),
            Self::Group(id) => format!("<!subteam^{id}>"),
        }
    }
}

impl FromStr for Mention {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_id = text.len() > 1
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        match text.as_bytes().first() {
            _ if text == "here" => Ok(Self::Here),
            _ if text == "channel" => Ok(Self::Channel),
            _ if text == "everyone" => Ok(Self::Everyone),
            Some(b'U' | b'W') if is_id => Ok(Self::User(text.to_owned())),
            Some(b'S') if is_id => Ok(Self::Group(text.to_owned())),
            _ => Err(Invalid(format!(
                "{text:?} is no mention: write here, channel, everyone, or a user's or group's id such as U024BE7LH"
            ))),
        }
    }
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here => "here",
            Self::Channel => "channel",
            Self::Everyone => "everyone",
            Self::User(id) | Self::Group(id) => id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_a_user_a_group_or_a_channel() {
        for (text, markup) in [
            ("here", Some("<!here>")),
            ("channel", Some("<!channel>")),
            ("everyone", Some("<!everyone>")),
            ("U024BE7LH", Some("<@U024BE7LH>")),
            ("W1", Some("<@W1>")),
            ("S0614TZR7", Some("<!subteam^S0614TZR7>")),
            ("U", None),
            ("u024", None),
            ("<!here>", None),
            ("U1> <!channel", None),
            ("", None),
        ] {
            let mention = text.parse::<Mention>();
            assert_eq!(
                mention.as_ref().ok().map(Mention::markup).as_deref(),
                markup,
                "{text}"
            );
            assert!(mention.is_err() || mention.unwrap().to_string() == text);
        }
    }
}
