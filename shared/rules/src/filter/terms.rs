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

    /// Terms that have no effect, and words that are operators elsewhere.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let alone = self.required.is_empty() && self.excluded.is_empty();
        if !self.optional.is_empty() && !alone {
            warnings.push(
                "CloudWatch ignores the terms with ? where there are others: write one pattern for each of them"
                    .to_owned(),
            );
        }
        let operators = self.required.iter().filter_map(|term| match term {
            Term::Text(literal) if ["AND", "OR", "NOT"].contains(&literal.as_str()) => {
                Some(literal.as_str())
            }
            Term::Text(_) | Term::Regex(_) => None,
        });
        warnings.extend(operators.map(|word| {
            format!(
                "{word} is a word to find here: words side by side must all be there, of ?one ?two one, and none of -three"
            )
        }));
        warnings
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

#[cfg(test)]
mod tests {
    use crate::filter::Pattern;

    #[test]
    fn a_pattern_that_probably_says_something_else_has_a_warning() {
        for (pattern, expected) in [
            ("?ERROR ?WARN -health", "ignores the terms with ?"),
            ("ERROR ?timeout", "ignores the terms with ?"),
            ("ERROR OR timeout", "OR is a word"),
            ("ERROR AND timeout", "AND is a word"),
        ] {
            let warnings = Pattern::parse(pattern).unwrap().warnings();
            assert!(warnings[0].contains(expected), "{pattern}: {warnings:?}");
        }
        for pattern in [
            "",
            "?ERROR ?WARN",
            "ERROR -health",
            "\"OR\"x",
            "{ $.a = OR }",
        ] {
            let warnings = Pattern::parse(pattern).map(|pattern| pattern.warnings());
            assert_eq!(warnings.unwrap_or_default(), [""; 0], "{pattern}");
        }
    }
}
