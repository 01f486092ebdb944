//! The mixes: what the resources of a history are, and their playbooks.

use std::{collections::BTreeSet, fmt::Write as _, sync::LazyLock};

use picket_rules::playbooks::{self, Playbooks};

use crate::{
    dice::Dice,
    kinds::{ALL, Kind, OWNERS, Owner},
};

/// The beginning of the names of the alarms on a resource, which its playbook matches.
pub(crate) fn alarm_prefix(number: usize, kind: Kind) -> String {
    let mode = match OWNERS[number] {
        Owner::Act | Owner::Untagged | Owner::Own => "act",
        Owner::Ask => "ask",
        Owner::Watch => "watch",
    };
    format!("{mode}-{}-", kind.name())
}

/// The name of the playbook of a resource. Parameters and documents, which a playbook names, have one each.
pub(crate) fn playbook_name(number: usize, kind: Kind) -> String {
    let prefix = alarm_prefix(number, kind);
    match kind {
        Kind::Parameter | Kind::Document => format!("{prefix}{number}"),
        _ => format!("{prefix}all"),
    }
}

/// What the resources of a history are.
#[derive(Debug, Clone)]
pub(crate) struct Mix {
    pub(crate) kinds: [Kind; OWNERS.len()],
    pub(crate) playbooks: Playbooks,
}

/// The number of mixes: sixteen kinds times eight resources, so that each kind has each owner in one at least.
const MIXES: u64 = 128;

/// The mix of a history. Playbooks are parsed once.
pub(crate) fn mix(seed: u64) -> &'static Mix {
    static ALL_MIXES: LazyLock<Vec<Mix>> = LazyLock::new(|| (0..MIXES).map(mixed).collect());
    &ALL_MIXES[usize::try_from(seed % MIXES).unwrap()]
}

fn mixed(number: u64) -> Mix {
    let mut dice = Dice(number);
    let mut kinds = OWNERS.map(|_| dice.of(&ALL));
    // A fleet of one kind, whose playbook reaches its limits.
    if dice.percent(40) {
        kinds[..4].fill(dice.of(&ALL));
    }
    // Each kind is that of each owner at least once.
    let turn = usize::try_from(number).unwrap();
    let fixed = turn % OWNERS.len();
    kinds[fixed] = ALL[turn / OWNERS.len() % ALL.len()];
    let playbooks = playbooks::parse("playbooks.yaml", &text(&kinds)).unwrap();
    Mix { kinds, playbooks }
}

fn text(kinds: &[Kind]) -> String {
    let mut text = "
limits: { actions-per-hour: 3, actions-per-day: 6, storm: { targets: 4, within: 10m } }
playbooks:
"
    .to_owned();
    let mut named = BTreeSet::new();
    for (number, kind) in kinds.iter().enumerate() {
        let name = playbook_name(number, *kind);
        if !named.insert(name.clone()) {
            continue;
        }
        let mode = match OWNERS[number] {
            Owner::Ask => "approve",
            Owner::Watch => "observe",
            Owner::Act | Owner::Untagged | Owner::Own => "act",
        };
        let pattern = match kind {
            Kind::Parameter | Kind::Document => format!("{name}*"),
            _ => format!("{}*", alarm_prefix(number, *kind)),
        };
        let (namespace, metric, _) = kind.metric(number);
        let action = action(*kind, number);
        let healthy = if kind.reverts() {
            "\n    healthy-for: 30m"
        } else {
            ""
        };
        let budget = if *kind == Kind::Ceiling {
            "\n    budget: 6"
        } else {
            ""
        };
        write!(
            text,
            "
  - name: {name}
    mode: {mode}
    match: {{ namespace: {namespace}, metric: {metric}, alarm: '{pattern}' }}
    action: {{ {action} }}
    cooldown: 30m
    verify-within: 15m
    expires: 30m
    actions-per-day: 4
    disarm-after: 3{healthy}{budget}
"
        )
        .unwrap();
    }
    text
}

/// The action of a playbook for a kind of resource.
fn action(kind: Kind, number: usize) -> String {
    match kind {
        Kind::Reservation => {
            "raise-reserved-concurrency: { factor: 1.5, maximum: 200, keep-unreserved: 100 }"
                .to_owned()
        }
        Kind::Ceiling | Kind::Capacity => format!(
            "raise-table-throughput: {{ {}: {{ factor: 1.5, maximum-read: 400, maximum-write: 400 }} }}",
            kind.name()
        ),
        Kind::Mode => "raise-table-throughput: { on-demand: {} }".to_owned(),
        Kind::Mapping => "pause-mapping: {}".to_owned(),
        Kind::Parameter => format!(
            "set-parameter: {{ parameter: /agent/p{number}, value: fallback, allowed: [primary, fallback] }}"
        ),
        Kind::Alias => "roll-back-alias: { deployed-within: 1h }".to_owned(),
        Kind::Tasks => "raise-task-count: { factor: 1.5, maximum: 20 }".to_owned(),
        Kind::Redrive => "redrive-queue: { per-second: 10, most: 1000 }".to_owned(),
        Kind::Redeploy => "redeploy-service: { older-than: 1h }".to_owned(),
        Kind::Shards => "raise-shards: { factor: 1.5, maximum: 40 }".to_owned(),
        // A stream that has all shards that the playbook allows.
        Kind::StreamMode => "raise-shards: { factor: 1.5, maximum: 4, on-demand: {} }".to_owned(),
        Kind::Parallelization => "raise-parallelization: { maximum: 10 }".to_owned(),
        Kind::Retention => "set-log-retention: { days: 30 }".to_owned(),
        Kind::Stop => "stop-function: {}".to_owned(),
        Kind::Document => format!(
            "run-automation: {{ document: arn:aws:ssm:eu-west-1:123456789012:document/doc{number} }}"
        ),
    }
}
