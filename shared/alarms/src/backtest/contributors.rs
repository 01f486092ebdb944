//! The past of the contributors of an alarm.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_shared::alarm::State;

use super::firings::{Firing, Followed, Summary};
use crate::attributes::Attributes;

/// A contributor that was in a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributor {
    /// The labels of its group and their values.
    pub attributes: Vec<(String, String)>,
    /// The times in ALARM.
    pub firings: Vec<Firing>,
}

impl Contributor {
    /// The counts of its firings; `end` is the last evaluation.
    pub fn summary(&self, end: Option<Timestamp>) -> Summary {
        Summary::of(&self.firings, end)
    }
}

/// Contributors as they come and go.
#[derive(Debug, Default)]
pub(super) struct Group {
    known: BTreeMap<Attributes, Followed>,
    is_begun: bool,
}

impl Group {
    /// Adds the states after an evaluation. A contributor that is in the result no more is OK.
    pub(super) fn step(
        &mut self,
        at: Timestamp,
        states: &BTreeMap<Attributes, State>,
        uncertain: &BTreeSet<Attributes>,
    ) {
        for (attributes, followed) in &mut self.known {
            if !states.contains_key(attributes) {
                followed.step(at, State::Ok, uncertain.contains(attributes));
            }
        }
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        for (attributes, state) in states {
            let hangs = uncertain.contains(attributes);
            if let Some(followed) = self.known.get_mut(attributes) {
                followed.step(at, *state, hangs);
                continue;
            }
            let mut followed = if is_begun {
                Followed::from_now_on()
            } else {
                Followed::default()
            };
            followed.step(at, *state, hangs);
            self.known.insert(attributes.clone(), followed);
        }
    }

    /// Their past, those with the most pages first.
    pub(super) fn ended(self) -> Vec<Contributor> {
        let mut all: Vec<Contributor> = self
            .known
            .into_iter()
            .map(|(attributes, followed)| Contributor {
                attributes,
                firings: followed.firings,
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.summary(None).pages));
        all
    }
}
