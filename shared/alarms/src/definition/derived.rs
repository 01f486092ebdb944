//! What follows from a definition.

use std::collections::BTreeMap;

use super::{Definition, Formula};
use crate::expression::{Function, Type};

impl Definition {
    /// The functions whose result depends on the number of periods that are read, which AWS advises against in alarms.
    pub fn range_dependent(&self) -> Vec<&'static str> {
        let types = self.types();
        let known = |id: &str| types.get(id).copied();
        self.maths()
            .flat_map(|math| math.range_dependent(&known))
            .map(Function::as_str)
            .collect()
    }

    /// The types of its metrics and expressions, by id.
    fn types(&self) -> BTreeMap<&str, Type> {
        let inputs = self.inputs().iter();
        let mut types: BTreeMap<&str, Type> = inputs
            .map(|input| (input.id.as_str(), Type::Series))
            .collect();
        for named in self.named() {
            let of = match &named.formula {
                Formula::Insights(query) if query.is_grouped() => Some(Type::Array),
                Formula::Insights(_) => Some(Type::Series),
                Formula::Math(math) => math.type_of(&|id| types.get(id).copied()).ok(),
            };
            types.extend(of.map(|of| (named.id.as_str(), of)));
        }
        types
    }

    /// Whether it has a state for each group of a Metrics Insights query.
    pub fn watches_contributors(&self) -> bool {
        self.contributors_by().is_some()
    }

    /// The labels of its contributors; `None` where it has none.
    pub fn contributors_by(&self) -> Option<&[String]> {
        let returned = self.returned();
        let mut queries = self.queries().into_iter();
        let (_, query) = queries.find(|(id, query)| *id == returned && query.is_grouped())?;
        Some(&query.group_by)
    }
}
