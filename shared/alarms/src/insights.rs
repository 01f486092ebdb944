//! Metrics Insights queries (CloudWatch User Guide, "Metrics Insights query components and syntax").
//!
//! A query with `GROUP BY` gives a series for each group: each is a contributor with a state of its own.

mod groups;
mod parser;

use std::{collections::BTreeMap, str::FromStr};

use strum::{EnumString, IntoStaticStr};

pub use groups::{Group, Observed};

use crate::Statistic;

/// The largest `LIMIT`, and the number of series that a query returns at most.
pub const MOST_SERIES: usize = 500;

/// A query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// How the values of all matching metrics in a period become one.
    pub function: Aggregate,
    /// The metric's name.
    pub metric: String,
    /// The namespace.
    pub namespace: String,
    /// `SCHEMA`: the dimensions that a metric must have, and no others.
    pub schema: Option<Vec<String>>,
    /// `WHERE`: all must hold.
    pub conditions: Vec<Condition>,
    /// `GROUP BY`: labels.
    pub group_by: Vec<String>,
    /// `ORDER BY`, and whether the highest is first.
    pub order_by: Option<(Aggregate, bool)>,
    /// `LIMIT`.
    pub limit: Option<usize>,
}

/// A function of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE", ascii_case_insensitive)]
pub enum Aggregate {
    /// Their mean.
    Avg,
    /// Their number.
    Count,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Their sum.
    Sum,
}

/// A condition of `WHERE`. A metric without the label has no value that could be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// A dimension, `tag.` and a tag's key, or `AWS.AccountId`.
    pub label: String,
    /// `=`, otherwise `!=`.
    pub equal: bool,
    /// The value.
    pub value: String,
}

/// The reason why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuery {
    /// It cannot be read.
    #[error("the query {query:?} cannot be read from character {at} on")]
    Syntax {
        /// The text.
        query: String,
        /// The character up to which it could be read.
        at: usize,
    },
    /// Too many series.
    #[error("LIMIT must be from 1 to {MOST_SERIES}, and is {0}")]
    Limit(usize),
    /// An order of one series.
    #[error("ORDER BY needs GROUP BY in an alarm")]
    Order,
}

impl Query {
    /// Whether a text is a query rather than metric math.
    pub fn is(text: &str) -> bool {
        let word = text.split_whitespace().next().unwrap_or_default();
        word.eq_ignore_ascii_case("SELECT")
    }

    /// Its text without `LIMIT`, the last clause: a limit over a day is not that of each evaluation.
    pub fn unlimited<'a>(&self, text: &'a str) -> &'a str {
        if self.limit.is_none() {
            return text;
        }
        let clause = text
            .trim_end()
            .trim_end_matches(|c: char| c.is_ascii_digit());
        let clause = clause.trim_end();
        clause
            .get(..clause.len().saturating_sub("LIMIT".len()))
            .unwrap_or(text)
            .trim_end()
    }

    /// The labels of a metric that it reads, as a case names it: `Env=prod,Host=a`. `None` where the values of its
    /// conditions cannot stand in a name.
    pub fn example(&self) -> Option<String> {
        let schema = self.schema.iter().flatten();
        let grouped = self.group_by.iter();
        let mut labels: BTreeMap<&str, &str> = schema
            .chain(grouped)
            .map(|label| (label.as_str(), "a"))
            .collect();
        let equal = self.conditions.iter().filter(|one| one.equal);
        labels.extend(equal.map(|one| (one.label.as_str(), one.value.as_str())));
        let is_plain = |text: &str| !text.contains([',', '=']) && text.trim() == text;
        if !labels
            .iter()
            .all(|(name, value)| is_plain(name) && is_plain(value))
        {
            return None;
        }
        let pairs = labels.iter().map(|(name, value)| format!("{name}={value}"));
        let name = pairs.collect::<Vec<_>>().join(",");
        Some(if name.is_empty() {
            self.metric.clone()
        } else {
            name
        })
    }

    /// Whether it returns a series for each group.
    pub fn is_grouped(&self) -> bool {
        !self.group_by.is_empty()
    }
}

impl Aggregate {
    pub(crate) fn statistic(self) -> Statistic {
        match self {
            Self::Avg => Statistic::Average,
            Self::Count => Statistic::SampleCount,
            Self::Max => Statistic::Maximum,
            Self::Min => Statistic::Minimum,
            Self::Sum => Statistic::Sum,
        }
    }
}

impl FromStr for Query {
    type Err = InvalidQuery;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let query = parser::parse(text).map_err(|at| InvalidQuery::Syntax {
            query: text.to_owned(),
            at,
        })?;
        if let Some(limit) = query
            .limit
            .filter(|limit| !(1..=MOST_SERIES).contains(limit))
        {
            return Err(InvalidQuery::Limit(limit));
        }
        if query.order_by.is_some() && !query.is_grouped() {
            return Err(InvalidQuery::Order);
        }
        Ok(query)
    }
}

#[cfg(test)]
mod tests;
