//! Many patterns held against an event together, as `RegexSet` does with regular expressions.
//!
//! Equal patterns are one. Of the rest, an event with slots is compared only with patterns that it could match: a
//! pattern that needs a text at a selector waits in an index of those texts, one that needs anything there until there
//! is something.

use hashbrown::HashMap;

use super::{
    Event, Form, Pattern,
    expression::{Expression, Test},
    json,
    lookups::Scalar,
    selector::Selector,
};

/// Patterns, each with its place in the set.
#[derive(Debug, Clone, Default)]
pub struct PatternSet {
    patterns: Vec<IndexedPattern>,
    /// Comparisons that patterns of `&&` alone consist of: patterns over the same fields share many.
    tests: Vec<(Selector, Test)>,
    /// Those that need nothing that has a slot.
    unindexed: Vec<usize>,
    /// Those that need something at a slot.
    by_slot: Vec<(usize, AtSlot)>,
}

/// Patterns that need something at one slot.
#[derive(Debug, Clone, Default)]
struct AtSlot {
    anything: Vec<usize>,
    by_text: HashMap<String, Vec<usize>>,
}

/// A pattern, and its comparisons as indices of the set's, where all of them must hold.
#[derive(Debug, Clone)]
struct IndexedPattern {
    pattern: Pattern,
    all_of: Option<Vec<usize>>,
}

/// Which patterns of a set match an event.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    patterns: Vec<bool>,
    /// The results of the set's comparisons.
    tests: Vec<Option<bool>>,
}

/// The comparison that a pattern cannot match without.
enum Need<'p> {
    Nothing,
    Anything(usize),
    Text(usize, &'p str),
}

impl PatternSet {
    /// Adds a pattern whose selectors have their slots. Returns its index.
    pub fn enter(&mut self, pattern: &Pattern) -> usize {
        let known = |known: &IndexedPattern| known.pattern == *pattern;
        if let Some(place) = self.patterns.iter().position(known) {
            return place;
        }
        let place = self.patterns.len();
        match need(pattern) {
            Need::Nothing => self.unindexed.push(place),
            Need::Anything(slot) => self.at(slot).anything.push(place),
            Need::Text(slot, text) => {
                let by_text = &mut self.at(slot).by_text;
                by_text.entry_ref(text).or_default().push(place);
            }
        }
        let all_of = self.all_of(pattern);
        let pattern = pattern.clone();
        self.patterns.push(IndexedPattern { pattern, all_of });
        place
    }

    fn all_of(&mut self, pattern: &Pattern) -> Option<Vec<usize>> {
        let of_one = |part: &Expression<Selector>| match part {
            Expression::Test(selector, test) => Some((selector.clone(), test.clone())),
            _ => None,
        };
        let tests: Vec<_> = conjuncts(pattern)?
            .iter()
            .map(of_one)
            .collect::<Option<_>>()?;
        let place = |test| {
            let known = self.tests.iter().position(|known| *known == test);
            known.unwrap_or_else(|| {
                self.tests.push(test);
                self.tests.len() - 1
            })
        };
        Some(tests.into_iter().map(place).collect())
    }

    fn at(&mut self, slot: usize) -> &mut AtSlot {
        let known = self.by_slot.iter().position(|(known, _)| *known == slot);
        let place = known.unwrap_or_else(|| {
            self.by_slot.push((slot, AtSlot::default()));
            self.by_slot.len() - 1
        });
        &mut self.by_slot[place].1
    }

    /// Holds the patterns against an event.
    pub fn matches(&self, event: &Event<'_>, matches: &mut Matches) {
        matches.patterns.clear();
        matches.patterns.resize(self.patterns.len(), false);
        matches.tests.clear();
        matches.tests.resize(self.tests.len(), None);
        self.ask(&self.unindexed, event, matches);
        for (slot, patterns) in &self.by_slot {
            let Some(slots) = event.slots else {
                self.ask(&patterns.anything, event, matches);
                let texts = patterns.by_text.values();
                texts.for_each(|places| self.ask(places, event, matches));
                continue;
            };
            let Some(scalar) = slots.get(*slot) else {
                continue;
            };
            self.ask(&patterns.anything, event, matches);
            if let Scalar::Text(text) = scalar
                && let Some(places) = patterns.by_text.get(&**text)
            {
                self.ask(places, event, matches);
            }
        }
    }

    fn ask(&self, places: &[usize], event: &Event<'_>, matches: &mut Matches) {
        for &place in places {
            let IndexedPattern { pattern, all_of } = &self.patterns[place];
            matches.patterns[place] = match all_of {
                Some(tests) if event.is_json() => tests.iter().all(|&test| {
                    let (selector, comparison) = &self.tests[test];
                    let known = &mut matches.tests[test];
                    *known.get_or_insert_with(|| json::passes(selector, comparison, event))
                }),
                _ => pattern.matches(event),
            };
        }
    }
}

impl Matches {
    /// Whether the pattern at this place of the set matches.
    #[inline]
    pub fn contains(&self, place: usize) -> bool {
        self.patterns.get(place).is_some_and(|matches| *matches)
    }
}

/// Returns the comparisons that must all hold; `None` where the pattern does not compare fields.
fn conjuncts(pattern: &Pattern) -> Option<&[Expression<Selector>]> {
    match &pattern.0 {
        Form::Json(Expression::All(all)) => Some(all),
        Form::Json(one) => Some(std::slice::from_ref(one)),
        _ => None,
    }
}

fn need(pattern: &Pattern) -> Need<'_> {
    let Some(all) = conjuncts(pattern) else {
        return Need::Nothing;
    };
    let text = all.iter().find_map(|part| match part {
        Expression::Test(Selector { slot, .. }, test) => Some(Need::Text((*slot)?, test.text()?)),
        _ => None,
    });
    let anything = || {
        all.iter().find_map(|part| match part {
            Expression::Test(_, Test::NotExists) => None,
            Expression::Test(Selector { slot, .. }, _) => Some(Need::Anything((*slot)?)),
            _ => None,
        })
    };
    text.or_else(anything).unwrap_or(Need::Nothing)
}

#[cfg(test)]
mod tests;
