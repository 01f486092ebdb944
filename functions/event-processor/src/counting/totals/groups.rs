//! Groups of metrics with the same dimensions: an event's dimension values are read once for all of them, and its
//! values are added to one group. Roll-ups are sums of groups, made after the last event.

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
    /// Bytes of all groups' texts.
    bytes: usize,
    /// By table: the minute and the group of the current event.
    current: Vec<Option<(i64, usize)>>,
}

/// The totals of a minute's events with the same values of all dimensions of a table.
#[derive(Debug)]
pub(super) struct Group {
    table: usize,
    minute: i64,
    /// The values by declared dimension, as in the events.
    texts: Vec<Option<String>>,
    /// The number of dimension sets that these events lack a value of.
    left_out: u64,
    /// The totals by the table's columns.
    columns: Vec<Column>,
}

/// An event's value of each dimension of a table; `None` beyond those that the table has.
type Texts<'e> = [Option<Cow<'e, str>>; MOST_DIMENSIONS];

/// A dimension set, a minute, and the set's values.
type RollUp<'g> = (usize, i64, Vec<&'g str>);

/// The aggregates by the table's columns.
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

    /// Returns the group of the current event.
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

    /// Returns every roll-up's aggregates.
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

/// The aggregates of one dimension set with values, as data.
fn named<'g>(
    table: &'g DimensionTable,
    (set, minute, values): RollUp<'g>,
    sums: Sums,
) -> impl Iterator<Item = (Datum, Aggregate)> {
    let sums = table.columns.iter().zip(sums);
    sums.filter_map(move |(&(metric, _), sum)| {
        let datum = Datum {
            metric,
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
            columns: columns.map(|(_, kind)| Column::new(*kind)).collect(),
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

    /// Returns the number of dimension sets that its events lack a value of.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the values of a dimension set; `None` where one is missing, or CloudWatch rejects it.
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
