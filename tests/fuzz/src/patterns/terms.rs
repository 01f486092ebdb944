//! Words to find, required, optional or excluded.

use arbitrary::Arbitrary;

use super::Word;

/// A word and its mark.
#[derive(Debug, Arbitrary)]
pub struct Term {
    mark: Mark,
    word: Word,
    quoted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
enum Mark {
    Required,
    Optional,
    Excluded,
}

impl Term {
    fn written(&self) -> String {
        let mark = match self.mark {
            Mark::Required => "",
            Mark::Optional => "?",
            Mark::Excluded => "-",
        };
        let quote = if self.quoted { "\"" } else { "" };
        format!("{mark}{quote}{}{quote}", self.word.text())
    }
}

pub(super) fn case(terms: &[Term], words: &[Word]) -> (String, String, bool) {
    let pattern: Vec<String> = terms.iter().map(Term::written).collect();
    let words: Vec<String> = words.iter().map(Word::text).collect();
    let text = words.join(" ");
    let found = |mark| {
        let of_mark = terms.iter().filter(move |term| term.mark == mark);
        let found: Vec<bool> = of_mark
            .map(|term| text.contains(&term.word.text()))
            .collect();
        found
    };
    let (required, optional, excluded) = (
        found(Mark::Required),
        found(Mark::Optional),
        found(Mark::Excluded),
    );
    let all_optional = required.is_empty() && excluded.is_empty() && !optional.is_empty();
    let expected = if all_optional {
        optional.contains(&true)
    } else {
        !required.contains(&false) && !excluded.contains(&true)
    };
    (pattern.join(" "), text, expected)
}
