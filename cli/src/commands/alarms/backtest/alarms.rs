//! The alarms that are evaluated.

use jiff::SignedDuration;
use picket_alarms::{
    Definition,
    backtest::{Query, queries, resolution},
    cases::Subject,
    composite::Composite,
    inventory::{Entry, Inventory},
};
use picket_shared::report::ErrorChain;

/// Alarms in the order of the files.
pub(super) struct Chosen(pub(super) Vec<Alarm>);

/// An alarm.
pub(super) struct Alarm {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) kind: Kind,
}

/// What is evaluated.
pub(super) enum Kind {
    Metric {
        definition: Box<Definition>,
        /// `None` where answers cannot have what it reads.
        queries: Option<Vec<Query>>,
    },
    Composite(Box<Composite>),
    /// The reason why it is not.
    Not(String),
}

/// Chooses the alarms with a name or id; without names all.
pub(super) fn choose(
    inventory: Inventory,
    names: &[String],
    age: SignedDuration,
) -> Result<Chosen, String> {
    let is_named = |entry: &Entry| {
        let own = [entry.name(), &entry.id];
        names.is_empty() || names.iter().any(|name| own.contains(&name.as_str()))
    };
    let is_absent = |name: &&String| {
        let is = |entry: &Entry| entry.name() == name.as_str() || entry.id == **name;
        !inventory.alarms.iter().any(is)
    };
    if let Some(absent) = names.iter().find(is_absent) {
        return Err(format!("no alarm is named {absent}"));
    }
    let alarms = inventory
        .alarms
        .into_iter()
        .filter(is_named)
        .map(|entry| Alarm {
            name: entry.name().to_owned(),
            file: entry.file.clone(),
            kind: kind(entry, age),
        });
    Ok(Chosen(alarms.collect()))
}

fn kind(entry: Entry, age: SignedDuration) -> Kind {
    let has_placeholder = |definition: &Definition| {
        let mut dimensions = definition
            .inputs()
            .iter()
            .flat_map(|input| &input.dimensions);
        dimensions.any(|(_, value)| {
            entry
                .open
                .iter()
                .any(|name| value.contains(&format!("{{{name}}}")))
        })
    };
    match entry.subject {
        Err(error) => Kind::Not(ErrorChain(&error).to_string()),
        Ok(Subject::Composite(composite)) => Kind::Composite(composite),
        Ok(Subject::Metric(definition)) if has_placeholder(&definition) => {
            let names: Vec<&str> = entry.open.iter().map(String::as_str).collect();
            Kind::Not(format!(
                "its dimensions depend on parameters without a value: {}",
                names.join(", ")
            ))
        }
        Ok(Subject::Metric(definition)) => {
            let seconds = resolution(&definition, age);
            Kind::Metric {
                queries: queries(&definition, seconds),
                definition,
            }
        }
    }
}

impl Chosen {
    /// The queries of all alarms, each once, those that an expression names before it.
    pub(super) fn queries(&self) -> Vec<&Query> {
        let mut all: Vec<&Query> = Vec::new();
        for query in self.0.iter().flat_map(|alarm| alarm.kind.queries()) {
            if !all.iter().any(|known| known.id == query.id) {
                all.push(query);
            }
        }
        all
    }

    /// The alarms of which there are no queries, with the reason.
    pub(super) fn without_queries(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .filter_map(|alarm| match &alarm.kind {
                Kind::Not(reason) => Some((alarm.name.as_str(), reason.as_str())),
                Kind::Metric { queries: None, .. } => Some((alarm.name.as_str(), NOT_QUERIED)),
                Kind::Metric { .. } | Kind::Composite(_) => None,
            })
            .collect()
    }
}

const NOT_QUERIED: &str = "it is on a function that only AWS can compute of more than a metric";

impl Kind {
    pub(super) fn queries(&self) -> &[Query] {
        match self {
            Self::Metric {
                queries: Some(queries),
                ..
            } => queries,
            _ => &[],
        }
    }
}
