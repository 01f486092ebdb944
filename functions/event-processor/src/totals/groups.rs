//! Metrics with the same dimensions, side by side: an event's dimension values are looked up once for all of them.

use std::{
    borrow::Cow,
    hash::{BuildHasher, Hash, Hasher},
    mem,
};

use hashbrown::{DefaultHashBuilder, HashTable};
use picket_rules::{
    filter::Event,
    metrics::{Dimensions, dimension_value},
};
use picket_shared::series::Aggregate;

use super::Datum;
use crate::core::{Core, Place, Table};

#[derive(Debug, Default)]
pub(super) struct Groups {
    all: Vec<Group>,
    index: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// By table: the groups of the event at hand.
    at_hand: Vec<AtHand>,
}

/// One dimension set with values, in a minute.
#[derive(Debug)]
struct Group {
    table: usize,
    set: usize,
    minute: i64,
    values: Vec<String>,
    /// By the table's columns.
    aggregates: Vec<Option<Aggregate>>,
}

#[derive(Debug, Default, Clone)]
struct AtHand {
    /// `None` until the event is asked.
    minute: Option<i64>,
    /// By dimension set; `None` where the event lacks a dimension.
    groups: Vec<Option<usize>>,
}

impl Groups {
    pub(super) fn forget_event(&mut self) {
        self.at_hand
            .iter_mut()
            .for_each(|table| table.minute = None);
    }

    /// Shows each of the table's dimension sets what it holds for the event; `None` where the event lacks a dimension.
    pub(super) fn each(
        &mut self,
        (number, table): (usize, &Table),
        event: &Event<'_>,
        minute: i64,
        mut see: impl FnMut(Option<&mut [Option<Aggregate>]>),
    ) {
        if self.at_hand.len() <= number {
            self.at_hand.resize(number + 1, AtHand::default());
        }
        let mut at_hand = mem::take(&mut self.at_hand[number]);
        if at_hand.minute != Some(minute) {
            at_hand.minute = Some(minute);
            at_hand.groups.clear();
            self.find((number, table), event, minute, &mut at_hand.groups);
        }
        for place in &at_hand.groups {
            see(place.map(|place| &mut *self.all[place].aggregates));
        }
        self.at_hand[number] = at_hand;
    }

    fn find(
        &mut self,
        (number, table): (usize, &Table),
        event: &Event<'_>,
        minute: i64,
        found: &mut Vec<Option<usize>>,
    ) {
        let Dimensions { declared, sets } = &table.dimensions;
        let texts: Vec<Option<Cow<'_, str>>> = declared
            .iter()
            .map(|(_, field)| field.text(event))
            .collect();
        let values: Vec<Option<&str>> = texts
            .iter()
            .map(|text| dimension_value(text.as_deref()?))
            .collect();
        for (set, members) in sets.iter().enumerate() {
            let values: Option<Vec<&str>> = members.iter().map(|&index| values[index]).collect();
            found.push(values.map(|values| self.place((number, table), set, minute, &values)));
        }
    }

    fn place(
        &mut self,
        (table, of): (usize, &Table),
        set: usize,
        minute: i64,
        values: &[&str],
    ) -> usize {
        let Self {
            all: groups,
            index,
            hasher,
            ..
        } = self;
        let hash = hash(hasher, (table, set, minute), values);
        let is_it = |&place: &usize| {
            let group: &Group = &groups[place];
            (group.table, group.set, group.minute) == (table, set, minute) && group.values == values
        };
        if let Some(place) = index.find(hash, is_it) {
            return *place;
        }
        let place = groups.len();
        groups.push(Group {
            table,
            set,
            minute,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            aggregates: vec![None; of.columns.len()],
        });
        index.insert_unique(hash, place, |&place| {
            let group = &groups[place];
            let values: Vec<&str> = group.values.iter().map(String::as_str).collect();
            self::hash(hasher, (group.table, group.set, group.minute), &values)
        });
        place
    }

    pub(super) fn has(&self, place: Place, minute: i64) -> bool {
        self.all.iter().any(|group| {
            (group.table, group.minute) == (place.table, minute)
                && group.aggregates[place.column].is_some()
        })
    }

    /// Every sum by its name.
    pub(super) fn data(&self, core: &Core) -> impl Iterator<Item = (Datum, &Aggregate)> {
        self.all.iter().flat_map(|group| {
            let columns = &core.places.tables[group.table].columns;
            let known = columns.iter().zip(&group.aggregates);
            known.filter_map(|(&source, aggregate)| {
                let datum = Datum {
                    source,
                    set: group.set,
                    values: group.values.clone(),
                    minute: group.minute,
                };
                Some((datum, aggregate.as_ref()?))
            })
        })
    }
}

fn hash(hasher: &DefaultHashBuilder, place: (usize, usize, i64), values: &[&str]) -> u64 {
    let mut state = hasher.build_hasher();
    place.hash(&mut state);
    values.hash(&mut state);
    state.finish()
}
