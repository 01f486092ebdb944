//! The chains that a tick folds, and those that it could not.

use jiff::Timestamp;
use picket_aws::{Fault, problem::Problem};
use picket_shared::{chain::ChainId, report::ErrorChain};

use crate::ledger::plan::Fold;

/// A second publisher is at work where the cursor moves this often under our hands: the chain is in good hands.
const MOST_COLLISIONS: u32 = 5;

/// Chains that were not folded, and why the first of them was not.
#[derive(Default)]
pub(super) struct Failed {
    chains: Vec<String>,
    fault: Option<Fault>,
}

/// A chain that this tick folds.
pub(super) struct ShardProgress<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) done: usize,
    collisions: u32,
    pub(super) waiting: Option<Timestamp>,
    /// Not read again in this tick: there is no more, it failed, or another publisher is at it.
    pub(super) left: bool,
    /// Shares no transaction: one that it shared was refused for good, and the others must not wait for a person.
    pub(super) alone: bool,
}

impl Failed {
    /// These chains are left to the next tick.
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

    /// One problem, however many chains it is.
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
            waiting: None,
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
