//! Two exhaustive models of how records are counted, for the model checker stateright.
//!
//! [`counting`]: Lambda, two event processors, one shard's chain of three slices at most, and two publishers that fold
//! it into the usage ledger. [`publishing`]: two publishers that send a chain's slices to CloudWatch, which has no
//! idempotency.
//!
//! The checker visits every state that any order of actions leads to. Actions have the names of the code's own steps,
//! so that a reader can hold one against the other; what the code does in one atomic step is one action. A model says
//! that the protocol is right, and the simulation (`tests/simulation`) that the code follows it.

mod counting;
mod publishing;

use counting::Counting;
use publishing::Publishing;
use stateright::{Checker, DiscoveryClassification, HasDiscoveries, Model};

/// What a state has left of the rare events. They bound the model: without a bound a model has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// Processes that end without a word.
    pub(crate) kills: u8,
    /// Answers that do not come back, whether the request was done or not.
    pub(crate) lost_answers: u8,
    /// Invocations that Lambda stops waiting for while their process goes on.
    pub(crate) timeouts: u8,
    /// Requests that CloudWatch refuses.
    pub(crate) refusals: u8,
}

/// One of each rare event. Two of each are some hundred times as many states.
const COUNTING: Budget = Budget {
    kills: 1,
    lost_answers: 1,
    timeouts: 1,
    refusals: 0,
};
const PUBLISHING: Budget = Budget {
    kills: 1,
    lost_answers: 1,
    timeouts: 0,
    refusals: 1,
};

#[test]
fn two_processors_and_two_publishers_count_every_record_once() {
    let model = Counting {
        budget: COUNTING,
        defect: None,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn two_publishers_send_every_slice_and_count_what_may_be_doubled() {
    let model = Publishing {
        budget: PUBLISHING,
        defect: None,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn each_defect_of_the_counting_breaks_its_guarantee() {
    use counting::Defect;
    const DONE: &str = "what Lambda takes for done is in the chain";
    for (defect, property) in [
        (Defect::PutWithoutCondition, DONE),
        (Defect::CollisionIsACommit, DONE),
        (
            Defect::MarkIgnored,
            "a slice begins where the one before it ends",
        ),
        (Defect::AcknowledgedTooEarly, DONE),
        (
            Defect::FoldWithoutCondition,
            "a record is in the ledger once at most",
        ),
        (
            Defect::CursorAfterRows,
            "the ledger is the chain up to its cursor",
        ),
    ] {
        let model = Counting {
            budget: COUNTING,
            defect: Some(defect),
        };
        let found = failures(model);
        assert_eq!(found, [property], "{defect:?}");
    }
}

#[test]
fn each_defect_of_the_publishing_breaks_its_guarantee() {
    use publishing::Defect;
    const ONCE: &str = "without a kill or a lost answer nothing is counted again";
    for (defect, property) in [
        (Defect::RoundSentWhole, ONCE),
        (Defect::ListOfAPart, "what the cursor has passed is counted"),
        (Defect::ClaimNotRespected, ONCE),
        (
            Defect::AdvanceFirst,
            "what the cursor has passed is counted",
        ),
        (
            Defect::AmbiguityNotCounted,
            "what is counted again is counted as ambiguous",
        ),
    ] {
        let model = Publishing {
            budget: PUBLISHING,
            defect: Some(defect),
        };
        let found = failures(model);
        assert_eq!(found, [property], "{defect:?}");
    }
}

/// The guarantees that a model breaks first.
fn failures<M>(model: M) -> Vec<&'static str>
where
    M: Model + Send + Sync + 'static,
    M::State: std::hash::Hash + std::fmt::Debug + Clone + PartialEq + Send + Sync + 'static,
    M::Action: Send + Sync + std::fmt::Debug + Clone + PartialEq,
{
    let checker = model
        .checker()
        .threads(1)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let is_failure = |name: &&'static str| {
        let kind = checker.discovery_classification(name);
        matches!(kind, DiscoveryClassification::Counterexample)
    };
    checker
        .discoveries()
        .into_keys()
        .filter(is_failure)
        .collect()
}
