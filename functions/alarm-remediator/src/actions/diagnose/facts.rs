//! What is read of the alarm's resource, or of those that the playbook names, part by part.

use jiff::Timestamp;
use picket_rules::playbooks::Diagnose;

use super::{
    function::{self, FunctionFacts},
    model::{self, ModelFacts},
    ports::Reads,
    stream::{self, StreamFacts},
    table::{self, TableFacts},
    target::{Listed, listed},
};
use crate::{
    actions::{
        raise_shards, raise_table_throughput,
        window::{WINDOW_MINUTES, before},
    },
    model::{Candidate, Home},
};

/// The facts, by the kind of the resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    /// A function, what feeds it and what it logged.
    Function(Box<FunctionFacts>),
    /// A stream.
    Stream(StreamFacts),
    /// A table and its indexes.
    Table(TableFacts),
    /// A model of Bedrock.
    Model(ModelFacts),
    /// The resources that the playbook names.
    Listed {
        /// Their targets and their facts.
        resources: Vec<(String, Self)>,
        /// The resources of the stack that have no name.
        absent: Vec<String>,
    },
}

/// Reads the parts. It never fails: what cannot be read is said.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    bounds: &Diagnose,
    home: &Home,
    ports: &impl Reads,
    now: Timestamp,
) -> Facts {
    if bounds.is_of_alarm() {
        return of_target(candidate, home, ports, now).await;
    }
    let Listed { targets, absent } = listed(bounds, home);
    let mut resources = Vec::new();
    for target in &targets {
        let one = Candidate {
            target: target.clone(),
            ..candidate.clone()
        };
        let mut facts = of_target(&one, home, ports, now).await;
        if let Facts::Function(function) = &mut facts {
            // A stream that the playbook names has its own sentences.
            let is_listed =
                |name: &str| targets.contains(&format!("{}{name}", raise_shards::PREFIX));
            function.upstream.retain(|stream| !is_listed(&stream.name));
        }
        resources.push((target.clone(), facts));
    }
    Facts::Listed { resources, absent }
}

/// The facts about one target.
async fn of_target(
    candidate: &Candidate<'_>,
    home: &Home,
    ports: &impl Reads,
    now: Timestamp,
) -> Facts {
    let target = candidate.target.as_str();
    let from = before(now, WINDOW_MINUTES);
    if target.starts_with(raise_shards::PREFIX) {
        return Facts::Stream(stream::read(raise_shards::name(target), ports, from, now).await);
    }
    if target.starts_with(raise_table_throughput::PREFIX) {
        let name = raise_table_throughput::name(target);
        return Facts::Table(table::read(name, ports, from, now).await);
    }
    if let Some(id) = target.strip_prefix(model::PREFIX) {
        return Facts::Model(model::read(id, ports, from, now).await);
    }
    Facts::Function(Box::new(
        function::read(candidate, home, ports, from, now).await,
    ))
}
