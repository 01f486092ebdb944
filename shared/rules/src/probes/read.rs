//! Reading the file.

mod check;
mod metric;

use super::{MOST_PROBES, Probe, Probes, Timeout, one_source};
use crate::{
    Problems,
    yaml::{Fields, Log, Node},
};

pub(super) fn file(file: &str, text: &str) -> Result<Probes, Problems> {
    let mut log = Log::new(file);
    let probes = Node::read(text, &mut log).and_then(|node| whole(file, &node, &mut log));
    let probes = log.finish(probes)?;
    match one_source(&[], std::slice::from_ref(&probes)) {
        problems if problems.is_empty() => Ok(probes),
        problems => Err(Problems(problems)),
    }
}

fn whole(file: &str, node: &Node, log: &mut Log) -> Option<Probes> {
    let mut fields = Fields::of(node, "the file", log)?;
    let workload = fields.parse_required("Workload", log);
    let nodes = fields.list_required("Probes", log);
    fields.finish(log);
    if nodes.len() > MOST_PROBES {
        log.at(
            node.at,
            format!(
                "`Probes` has {}, and {MOST_PROBES} are allowed",
                nodes.len()
            ),
        );
    }
    let probes: Vec<_> = nodes.iter().map(|node| probe(node, log)).collect();
    let probes: Vec<Probe> = probes.into_iter().collect::<Option<_>>()?;
    for (index, (probe, node)) in probes.iter().zip(nodes).enumerate() {
        if probes[..index].iter().any(|other| other.name == probe.name) {
            log.at(
                node.at,
                format!("another probe is named {:?}", probe.name.as_str()),
            );
        }
    }
    Some(Probes {
        file: file.to_owned(),
        workload: workload?,
        probes,
    })
}

fn probe(node: &Node, log: &mut Log) -> Option<Probe> {
    let mut fields = Fields::of(node, "a probe", log)?;
    let name = fields.parse_required("Name", log);
    let every = fields.parse_required("Every", log);
    let timeout = match fields.optional("Timeout") {
        Some(node) => crate::yaml::parse(node, "Timeout", log),
        None => Some(Timeout::default()),
    };
    let check = check::read(&mut fields, log);
    let metrics = metric::all(&mut fields, check.as_ref(), log);
    fields.finish(log);
    Some(Probe {
        name: name?,
        every: every?,
        timeout: timeout?,
        check: check?,
        metrics: metrics?,
    })
}
