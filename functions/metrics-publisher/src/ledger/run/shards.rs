//! The progress of chains in a tick, and those that failed.

use picket_aws::{Fault, problem::Problem};
use picket_shared::{chain::ChainId, report::ErrorChain};

use crate::{ledger::plan::Fold, self_metrics::waiting::Waiting};

/// The number of collisions after which a chain is left to the other publisher.
const MOST_COLLISIONS: u32 = 5;

/// The chains that were not folded, and the error of the first.
#[derive(Default)]
pub(super) struct Failed {
    chains: Vec<String>,
    fault: Option<Fault>,
}

/// The progress of a chain in this tick.
pub(super) struct ShardProgress<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) done: usize,
    collisions: u32,
    pub(super) waiting: Waiting,
    /// Whether the chain is not read again in this tick: it has no more, failed, or another publisher folds it.
    pub(super) left: bool,
    /// Whether the chain shares no transaction: a shared one failed permanently, and the others must not wait for a
    /// person.
    pub(super) alone: bool,
}

impl Failed {
    /// Leaves chains to the next tick.
    pub(super) fn add<'s, 'a: 's>(
        &mut self,
        chains: impl Iterator<Item = &'s mut ShardProgress<'a>>,
        fault: Fault,
    ) {
        for chain in chains {
            chain.left = true;
            self.chains.push(chain.chain.to_string());
        }
        tracing::error!(error = %ErrorChain(&fault), chains = ?self.chains, "chains were not folded");
        self.fault.get_or_insert(fault);
    }

    /// The failure of all chains as one problem.
    pub(super) fn into_problem(self) -> Option<Problem> {
        let [first, others @ ..] = self.chains.as_slice() else {
            return None;
        };
        let others = match others.len() {
            0 => String::new(),
            count => format!(", with {count} more,"),
        };
        self.fault.map(|fault| Problem {
            part: format!("chain {first}{others} was not folded into the ledger"),
            fault,
        })
    }
}

impl<'a> ShardProgress<'a> {
    pub(super) fn new(chain: &'a ChainId) -> Self {
        Self {
            chain,
            done: 0,
            collisions: 0,
            waiting: Waiting::Unread,
            left: false,
            alone: false,
        }
    }

    pub(super) fn collide(&mut self) {
        self.collisions += 1;
        self.left = self.collisions >= MOST_COLLISIONS;
    }
}

pub(super) fn moves(fold: &Fold, chain: &ChainId) -> bool {
    fold.moves.iter().any(|action| action.chain == *chain)
}

/// The chains of a transaction.
pub(super) fn of<'s, 'a>(
    wave: &'s mut [&mut ShardProgress<'a>],
    fold: &Fold,
) -> impl Iterator<Item = &'s mut ShardProgress<'a>> {
    wave.iter_mut()
        .map(|chain| &mut **chain)
        .filter(|chain| moves(fold, chain.chain))
}
