//! Terms to find in a text.

use memchr::memmem::Finder;

use super::text::Regex;

/// Terms by their condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Terms {
    /// All must be there.
    pub(super) required: Vec<Term>,
    /// One must be there, where there are no terms of the other two sorts; beside those they have no effect, as in
    /// CloudWatch.
    pub(super) optional: Vec<Term>,
    /// None may be there.
    pub(super) excluded: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Text(Literal),
    Regex(Regex),
}

/// Characters as they are, made ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    text: String,
    finder: Box<Finder<'static>>,
}

impl Literal {
    pub(super) fn new(text: String) -> Self {
        let finder = Box::new(Finder::new(&text).into_owned());
        Self { text, finder }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The mark of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Required,
    Optional,
    Excluded,
}

impl Terms {
    pub(super) fn of(marked: Vec<(Mark, Term)>) -> Self {
        let mut terms = Self::default();
        for (mark, term) in marked {
            match mark {
                Mark::Required => &mut terms.required,
                Mark::Optional => &mut terms.optional,
                Mark::Excluded => &mut terms.excluded,
            }
            .push(term);
        }
        terms
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        if self.required.is_empty() && self.excluded.is_empty() {
            return self.optional.iter().any(|term| term.is_in(text));
        }
        self.required.iter().all(|term| term.is_in(text))
            && !self.excluded.iter().any(|term| term.is_in(text))
    }

    /// Each with its mark, in normal order.
    pub(super) fn marked(&self) -> impl Iterator<Item = (Mark, &Term)> {
        let with = |mark| move |term| (mark, term);
        self.required
            .iter()
            .map(with(Mark::Required))
            .chain(self.optional.iter().map(with(Mark::Optional)))
            .chain(self.excluded.iter().map(with(Mark::Excluded)))
    }

    pub(super) fn regexes(&self) -> usize {
        self.marked()
            .filter(|(_, term)| matches!(term, Term::Regex(_)))
            .count()
    }
}

impl Term {
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(term) => term.finder.find(text.as_bytes()).is_some(),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}
