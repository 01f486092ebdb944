//! JSON patterns: every value at a path, each held against the test by its type.

use arbitrary::Arbitrary;

use super::{Operator, Starred, Word};

/// An event.
#[derive(Debug, Clone, Arbitrary)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Number(i8),
    /// A string.
    Text(Word),
    /// A list.
    List(Vec<Json>),
    /// An object; of two fields of one name the last holds.
    Object(Vec<(Name, Json)>),
}

/// A field's name.
#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
pub enum Name {
    /// `a`
    A,
    /// `b`
    B,
}

/// Comparisons, joined.
#[derive(Debug, Arbitrary)]
pub enum Expression {
    /// `&&`
    All(Box<Expression>, Box<Expression>),
    /// `||`
    Any(Box<Expression>, Box<Expression>),
    /// One.
    Test(Step, Option<Step>, Option<Step>, Test),
}

/// A step of a path.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub enum Step {
    /// `.a`
    Field(Name),
    /// `.['a']`
    Quoted(Name),
    /// `[0]` or `[1]`
    Item(bool),
    /// `[*]`
    AnyItem,
    /// `.*`
    AnyField,
}

/// A comparison.
#[derive(Debug, Clone, Arbitrary)]
pub enum Test {
    /// `= text`
    Is(Starred),
    /// `!= text`
    IsNot(Starred),
    /// `= *`
    IsAnything,
    /// A number.
    Number(Operator, i8, bool),
    /// `= %word%`
    Found(Word),
    /// `IS NULL`
    IsNull,
    /// `IS TRUE` or `IS FALSE`
    IsBool(bool),
    /// `NOT EXISTS`
    NotExists,
}

impl Name {
    fn written(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

impl Json {
    pub(super) fn written(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(word) => format!("\"{}\"", word.text()),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::written).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(fields) => {
                let field = |(name, value): &(Name, Self)| {
                    format!("\"{}\": {}", name.written(), value.written())
                };
                let fields: Vec<_> = fields.iter().map(field).collect();
                format!("{{{}}}", fields.join(","))
            }
        }
    }

    fn field(&self, name: Name) -> Option<&Self> {
        let Self::Object(fields) = self else {
            return None;
        };
        let of_name = fields.iter().rev().find(|(known, _)| *known == name);
        of_name.map(|(_, value)| value)
    }

    fn at(&self, step: Step) -> Vec<&Self> {
        match (step, self) {
            (Step::Field(name) | Step::Quoted(name), _) => self.field(name).into_iter().collect(),
            (Step::Item(second), Self::List(items)) => {
                items.get(usize::from(second)).into_iter().collect()
            }
            (Step::AnyItem, Self::List(items)) => items.iter().collect(),
            (Step::AnyField, _) => [Name::A, Name::B]
                .into_iter()
                .filter_map(|name| self.field(name))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Step {
    fn written(self) -> String {
        match self {
            Self::Field(name) => format!(".{}", name.written()),
            Self::Quoted(name) => format!(".['{}']", name.written()),
            Self::Item(second) => format!("[{}]", usize::from(second)),
            Self::AnyItem => "[*]".to_owned(),
            Self::AnyField => ".*".to_owned(),
        }
    }

    fn is_wild(self) -> bool {
        matches!(self, Self::AnyItem | Self::AnyField)
    }
}

impl Expression {
    pub(super) fn written(&self) -> String {
        match self {
            Self::All(left, right) => format!("({}) && ({})", left.written(), right.written()),
            // `&&` binds more, so its sides need no parentheses.
            Self::Any(left, right) => format!("{} || {}", left.written(), right.written()),
            Self::Test(..) => {
                let path: String = self.path().into_iter().map(Step::written).collect();
                format!(
                    "${path} {}",
                    self.test().map(Test::written).unwrap_or_default()
                )
            }
        }
    }

    pub(super) fn holds(&self, json: &Json) -> bool {
        match self {
            Self::All(left, right) => left.holds(json) && right.holds(json),
            Self::Any(left, right) => left.holds(json) || right.holds(json),
            Self::Test(_, _, _, test) => {
                let mut found = vec![json];
                for step in self.path() {
                    found = found.into_iter().flat_map(|value| value.at(step)).collect();
                }
                match test {
                    Test::NotExists => found.is_empty(),
                    test => found.into_iter().any(|value| test.passes(value)),
                }
            }
        }
    }

    /// A selector may have one wildcard: further ones are the first item.
    fn path(&self) -> Vec<Step> {
        let Self::Test(first, second, third, _) = self else {
            return Vec::new();
        };
        let mut wild = false;
        [Some(*first), *second, *third]
            .into_iter()
            .flatten()
            .map(|step| {
                let again = wild && step.is_wild();
                wild |= step.is_wild();
                if again { Step::Item(false) } else { step }
            })
            .collect()
    }

    fn test(&self) -> Option<&Test> {
        match self {
            Self::Test(_, _, _, test) => Some(test),
            _ => None,
        }
    }
}

impl Test {
    fn written(&self) -> String {
        match self {
            Self::Is(text) => format!("= {}", text.written()),
            Self::IsNot(text) => format!("!={}", text.written()),
            Self::IsAnything => "= *".to_owned(),
            Self::Number(operator, number, scientific) => {
                let exponent = if *scientific { "0e-1" } else { "" };
                format!("{} {number}{exponent}", operator.written())
            }
            // A pattern may have two regular expressions; a word alone is found as *word* is.
            Self::Found(word) => format!("= \"*{}*\"", word.text()),
            Self::IsNull => "IS NULL".to_owned(),
            Self::IsBool(true) => "IS TRUE".to_owned(),
            Self::IsBool(false) => "IS FALSE".to_owned(),
            Self::NotExists => "NOT EXISTS".to_owned(),
        }
    }

    fn passes(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Is(text), Json::Text(word)) => text.fits(&word.text()),
            (Self::IsNot(text), Json::Text(word)) => !text.fits(&word.text()),
            // A number is no word of ours, whatever stars it has.
            (Self::IsNot(text), Json::Number(_)) => text.has_star(),
            (Self::IsAnything, Json::Text(_) | Json::Number(_) | Json::Bool(_)) => true,
            (Self::Number(operator, number, _), Json::Number(value)) => {
                operator.holds(i64::from(*value), i64::from(*number))
            }
            (Self::Found(word), Json::Text(text)) => text.text().contains(&word.text()),
            (Self::IsNull, Json::Null) => true,
            (Self::IsBool(wanted), Json::Bool(value)) => wanted == value,
            _ => false,
        }
    }
}
