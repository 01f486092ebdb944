//! Metrics with the same dimensions, side by side: an event's dimension values are looked up once for all of them, and it adds to one
//! group alone. The roll-ups are sums of groups, made when all events are in.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{BuildHasher, Hash, Hasher},
};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};
use picket_rules::{
    filter::Event,
    metrics::{MOST_DIMENSIONS, dimension_value},
};
use picket_shared::series::Aggregate;

use super::{
    Datum,
    column::{Column, Value},
};
use crate::rules::{DimensionTable, RuleSet};

#[derive(Debug, Default)]
pub(super) struct Groups {
    all: Vec<Group>,
    index: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// Of all groups' texts.
    bytes: usize,
    /// By table: the minute and the group of the event at hand.
    current: Vec<Option<(i64, usize)>>,
}

/// Events of a minute that say the same at every dimension of a table.
#[derive(Debug)]
pub(super) struct Group {
    table: usize,
    minute: i64,
    /// By declared dimension, as events say it.
    texts: Vec<Option<String>>,
    /// Dimension sets that these events lack a value for.
    left_out: u64,
    /// The table's.
    columns: Vec<Column>,
}

/// What an event says at each dimension of a table; `None` beyond those it has.
type Texts<'e> = [Option<Cow<'e, str>>; MOST_DIMENSIONS];

/// A dimension set, a minute, and the set's values.
type RollUp<'g> = (usize, i64, Vec<&'g str>);

/// By the table's columns.
type Sums = Vec<Option<Aggregate>>;

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn forget_event(&mut self) {
        self.current.fill(None);
    }

    /// The group of the event at hand.
    pub(super) fn of_event(
        &mut self,
        (number, table): (usize, &DimensionTable),
        event: &Event<'_>,
        minute: i64,
    ) -> &mut Group {
        if self.current.len() <= number {
            self.current.resize(number + 1, None);
        }
        let index = match self.current[number] {
            Some((known, index)) if known == minute => index,
            _ => self.find((number, table), event, minute),
        };
        self.current[number] = Some((minute, index));
        &mut self.all[index]
    }

    fn find(
        &mut self,
        (number, table): (usize, &DimensionTable),
        event: &Event<'_>,
        minute: i64,
    ) -> usize {
        let mut texts = Texts::default();
        for (text, (_, field)) in texts.iter_mut().zip(&table.dimensions.declared) {
            *text = field.text(event);
        }
        let (all, hasher) = (&self.all, &self.hasher);
        let is_it = |&index: &usize| all[index].is_of(number, minute, &texts);
        let hash_of = |&index: &usize| {
            let group = &all[index];
            hash(
                hasher,
                group.table,
                group.minute,
                group.texts.iter().map(Option::as_deref),
            )
        };
        let declared = texts.iter().take(table.dimensions.declared.len());
        let hash = hash(hasher, number, minute, declared.map(Option::as_deref));
        match self.index.entry(hash, is_it, hash_of) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                new.insert(self.all.len());
                let group = Group::new((number, table), minute, &texts);
                self.bytes += group.texts.iter().flatten().map(String::len).sum::<usize>();
                self.all.push(group);
                self.all.len() - 1
            }
        }
    }

    /// Every sum by its name.
    pub(super) fn data(&self, rule_set: &RuleSet) -> Vec<(Datum, Aggregate)> {
        let tables = rule_set.index.tables.iter().enumerate();
        tables
            .flat_map(|(number, table)| {
                let groups = self.all.iter().filter(move |group| group.table == number);
                let mut rolled = BTreeMap::new();
                groups.for_each(|group| group.roll_up(table, &mut rolled));
                rolled
                    .into_iter()
                    .flat_map(|(roll_up, sums)| named(table, roll_up, sums))
            })
            .collect()
    }
}

/// Each column's sum of one dimension set with values, by its name.
fn named<'g>(
    table: &'g DimensionTable,
    (set, minute, values): RollUp<'g>,
    sums: Sums,
) -> impl Iterator<Item = (Datum, Aggregate)> {
    let sums = table.columns.iter().zip(sums);
    sums.filter_map(move |(&(source, _), sum)| {
        let datum = Datum {
            source,
            set,
            values: values.iter().map(|&value| value.to_owned()).collect(),
            minute,
        };
        Some((datum, sum?))
    })
}

impl Group {
    fn new((number, table): (usize, &DimensionTable), minute: i64, texts: &Texts<'_>) -> Self {
        let texts = texts.iter().take(table.dimensions.declared.len());
        let columns = table.columns.iter();
        let mut group = Self {
            table: number,
            minute,
            texts: texts
                .map(|text| text.as_deref().map(str::to_owned))
                .collect(),
            left_out: 0,
            columns: columns.map(|(_, kind)| Column::of(*kind)).collect(),
        };
        let sets = table.dimensions.sets.iter();
        let left_out = sets.filter(|set| group.values(set).is_none()).count();
        group.left_out = left_out as u64;
        group
    }

    fn is_of(&self, table: usize, minute: i64, texts: &Texts<'_>) -> bool {
        (self.table, self.minute) == (table, minute)
            && self
                .texts
                .iter()
                .zip(texts)
                .all(|(known, text)| known.as_deref() == text.as_deref())
    }

    pub(super) fn add(&mut self, column: usize, value: Value) {
        self.columns[column].add(value);
    }

    /// How many dimension sets its events lack a value for.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The values of a dimension set; `None` where one is missing, or none that CloudWatch takes.
    fn values(&self, set: &[usize]) -> Option<Vec<&str>> {
        set.iter()
            .map(|&index| dimension_value(self.texts[index].as_deref()?))
            .collect()
    }

    fn roll_up<'g>(&'g self, table: &DimensionTable, rolled: &mut BTreeMap<RollUp<'g>, Sums>) {
        let aggregates: Vec<Option<Aggregate>> =
            self.columns.iter().map(Column::aggregate).collect();
        for (set, members) in table.dimensions.sets.iter().enumerate() {
            let Some(values) = self.values(members) else {
                continue;
            };
            let sums = rolled.entry((set, self.minute, values));
            let sums = sums.or_insert_with(|| vec![None; aggregates.len()]);
            for (sum, aggregate) in sums.iter_mut().zip(&aggregates) {
                match (sum, aggregate) {
                    (Some(sum), Some(aggregate)) => sum.merge(aggregate),
                    (sum @ None, Some(aggregate)) => *sum = Some(aggregate.clone()),
                    (_, None) => {}
                }
            }
        }
    }
}

fn hash<'t>(
    hasher: &DefaultHashBuilder,
    table: usize,
    minute: i64,
    texts: impl Iterator<Item = Option<&'t str>>,
) -> u64 {
    let mut state = hasher.build_hasher();
    table.hash(&mut state);
    minute.hash(&mut state);
    texts.for_each(|text| text.unwrap_or_default().hash(&mut state));
    state.finish()
}
