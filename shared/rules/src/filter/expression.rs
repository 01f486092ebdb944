//! Comparisons joined by `&&` and `||`, over whatever a form compares: selectors of JSON, names of columns.

use super::text::{Regex, TextPattern};

/// Parentheses and operators are folded into lists, so its depth is that of the parentheses, which the parser bounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression<S> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Test(S, Test),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// `=` text.
    Is(TextPattern),
    /// `!=` text.
    IsNot(TextPattern),
    /// A finite number.
    Number(Operator, f64),
    /// `IS NULL`
    IsNull,
    /// `IS TRUE` or `IS FALSE`
    IsBool(bool),
    /// `NOT EXISTS`
    NotExists,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::LessOrEqual, "<="),
        (Self::GreaterOrEqual, ">="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::Greater, ">"),
        (Self::Equal, "="),
    ];

    #[expect(clippy::float_cmp, reason = "a pattern's `=` means the very number")]
    pub(super) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Test {
    /// Whether a text, which may be a number's, passes; for forms in which everything is text.
    pub(super) fn holds_for(&self, text: &str) -> bool {
        match self {
            Self::Is(pattern) => pattern.matches(text),
            Self::IsNot(pattern) => !pattern.matches(text),
            Self::Number(operator, number) => {
                super::selector::number(text).is_some_and(|value| operator.holds(value, *number))
            }
            Self::IsNull | Self::IsBool(_) | Self::NotExists => false,
        }
    }

    fn regex(&self) -> Option<&Regex> {
        match self {
            Self::Is(TextPattern::Regex(regex)) | Self::IsNot(TextPattern::Regex(regex)) => {
                Some(regex)
            }
            _ => None,
        }
    }

    /// The text that a value must be, where it is one and the same.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Is(TextPattern::Wildcard(wildcard)) => wildcard.exact(),
            _ => None,
        }
    }

    /// `= *`: whatever the value is.
    pub(super) fn is_anything(&self) -> bool {
        matches!(self, Self::Is(TextPattern::Wildcard(wildcard)) if wildcard.is_anything())
    }

    /// Whether it compares with text that has a `*` for anything.
    pub(super) fn has_star(&self) -> bool {
        matches!(
            self,
            Self::Is(TextPattern::Wildcard(wildcard)) | Self::IsNot(TextPattern::Wildcard(wildcard))
                if wildcard.has_star()
        )
    }
}

impl<S> Expression<S> {
    /// The list itself where it has one item.
    pub(super) fn all(mut items: Vec<Self>) -> Self {
        if items.len() == 1 {
            items.remove(0)
        } else {
            Self::All(items)
        }
    }

    pub(super) fn any(mut items: Vec<Self>) -> Self {
        if items.len() == 1 {
            items.remove(0)
        } else {
            Self::Any(items)
        }
    }

    /// Whether it holds, given whether each comparison does.
    pub(super) fn holds(&self, test: &impl Fn(&S, &Test) -> bool) -> bool {
        match self {
            Self::All(items) => items.iter().all(|item| item.holds(test)),
            Self::Any(items) => items.iter().any(|item| item.holds(test)),
            Self::Test(subject, comparison) => test(subject, comparison),
        }
    }

    /// Returns the selectors, in the order written.
    pub(super) fn subjects(&self) -> Vec<&S> {
        let mut found = Vec::new();
        self.visit(&mut |subject, _| found.push(subject));
        found
    }

    /// Returns the number of regular expressions.
    pub(super) fn regexes(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |_, test| count += usize::from(test.regex().is_some()));
        count
    }

    /// Returns the selectors, to change them.
    pub(super) fn change(&mut self, change: &mut impl FnMut(&mut S)) {
        match self {
            Self::All(items) | Self::Any(items) => {
                for item in items {
                    item.change(change);
                }
            }
            Self::Test(subject, _) => change(subject),
        }
    }

    fn visit<'e>(&'e self, see: &mut impl FnMut(&'e S, &'e Test)) {
        match self {
            Self::All(items) | Self::Any(items) => items.iter().for_each(|item| item.visit(see)),
            Self::Test(subject, test) => see(subject, test),
        }
    }
}
