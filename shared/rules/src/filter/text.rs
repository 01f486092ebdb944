//! What a text is held against: characters with a wildcard at either end, or a regular expression.

use std::{fmt, str::FromStr};

use regex_automata::{meta, util::syntax};

use crate::Invalid;

/// A comparison's right side, where it is text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextPattern {
    Wildcard(Wildcard),
    Regex(Regex),
}

impl TextPattern {
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Wildcard(wildcard) => wildcard.matches(text),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Text in which `*` at the very start or end stands for anything; elsewhere it is itself (`Ev*ent` is only "Ev*ent").
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wildcard {
    leading: bool,
    text: String,
    trailing: bool,
}

impl Wildcard {
    pub(super) fn new(text: &str) -> Self {
        let (leading, rest) = text
            .strip_prefix('*')
            .map_or((false, text), |rest| (true, rest));
        let (trailing, rest) = rest
            .strip_suffix('*')
            .map_or((false, rest), |rest| (true, rest));
        Self {
            leading,
            text: rest.to_owned(),
            trailing,
        }
    }

    /// Whether any value fits, numbers and booleans among them.
    pub(super) fn is_anything(&self) -> bool {
        self.text.is_empty() && (self.leading || self.trailing)
    }

    /// The text, where it stands for nothing but itself.
    pub(super) fn exact(&self) -> Option<&str> {
        (!self.has_star()).then_some(self.text.as_str())
    }

    /// Whether it stands for more than itself.
    pub(super) fn has_star(&self) -> bool {
        self.leading || self.trailing
    }

    fn matches(&self, text: &str) -> bool {
        if self.is_anything() {
            return true;
        }
        match (self.leading, self.trailing) {
            (false, false) => text == self.text,
            (true, false) => text.ends_with(&self.text),
            (false, true) => text.starts_with(&self.text),
            (true, true) => text.contains(&self.text),
        }
    }

    /// The text with its stars.
    pub(super) fn to_text(&self) -> String {
        let star = |there: bool| if there { "*" } else { "" };
        format!("{}{}{}", star(self.leading), self.text, star(self.trailing))
    }
}

/// A `%regular expression%`: found anywhere in a text, in time linear in it.
#[derive(Clone)]
pub(super) struct Regex {
    source: String,
    compiled: meta::Regex,
}

/// Symbols that stand for themselves or are operators, as the guide lists them; parentheses are none of them.
const SYMBOLS: &str = ":_#=@/;,-^$?[]{}|\\*+. ";
/// A compiled expression's memory: what 1,024 characters of ordinary expression need a hundred times over, so that
/// `a{1000}{1000}` is refused instead.
const LARGEST_COMPILED: usize = 1 << 20;

impl Regex {
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }
}

impl FromStr for Regex {
    type Err = Invalid;

    fn from_str(source: &str) -> Result<Self, Invalid> {
        if source.is_empty() {
            return Err(Invalid(
                "a regular expression between two % cannot be empty".to_owned(),
            ));
        }
        if let Some(letter) = source
            .chars()
            .find(|&letter| !letter.is_ascii_alphanumeric() && !SYMBOLS.contains(letter))
        {
            return Err(Invalid(format!(
                "{letter:?} is not allowed in a filter pattern's regular expression"
            )));
        }
        let compiled = meta::Builder::new()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(
                meta::Config::new()
                    .utf8_empty(false)
                    .nfa_size_limit(Some(LARGEST_COMPILED)),
            )
            .build(&with_minimum(source))
            .map_err(|_| {
                Invalid(format!(
                    "{source:?} is not a regular expression, or too large a one"
                ))
            })?;
        Ok(Self {
            source: source.to_owned(),
            compiled,
        })
    }
}

/// The guide lets `{,n}` stand for `{0,n}`, which regex-automata does not; inside a class, or escaped, it is itself.
fn with_minimum(source: &str) -> String {
    let mut written = String::with_capacity(source.len() + 1);
    let (mut escaped, mut class, mut opened) = (false, false, false);
    for letter in source.chars() {
        if opened && letter == ',' {
            written.push('0');
        }
        opened = letter == '{' && !escaped && !class;
        if !escaped {
            class = letter == '[' || class && letter != ']';
        }
        escaped = letter == '\\' && !escaped;
        written.push(letter);
    }
    written
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}%", self.source)
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}%", self.source)
    }
}
