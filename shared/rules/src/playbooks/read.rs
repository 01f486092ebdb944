//! Reading the file.

use super::{Limits, Playbook, Playbooks};
use crate::{
    Problems,
    yaml::{Fields, Log, Node},
};

pub(super) fn file(file: &str, text: &str) -> Result<Playbooks, Problems> {
    let mut log = Log::new(file);
    let playbooks = Node::read(text, &mut log).and_then(|node| whole(&node, &mut log));
    log.finish(playbooks)
}

fn whole(node: &Node, log: &mut Log) -> Option<Playbooks> {
    let mut fields = Fields::of(node, "the file", log)?;
    let limits = match fields.optional("limits") {
        Some(node) => Limits::read(node, log),
        None => Some(Limits::default()),
    };
    let nodes = fields.list("playbooks", log);
    let playbooks: Vec<_> = nodes.iter().map(|node| Playbook::read(node, log)).collect();
    fields.finish(log);
    let playbooks: Vec<Playbook> = playbooks.into_iter().collect::<Option<_>>()?;
    for (index, (playbook, node)) in playbooks.iter().zip(nodes).enumerate() {
        if playbooks[..index]
            .iter()
            .any(|other| other.name == playbook.name)
        {
            log.at(
                node.at,
                format!("another playbook is named {:?}", playbook.name),
            );
        }
    }
    Some(Playbooks {
        limits: limits?,
        playbooks: playbooks.into(),
    })
}
