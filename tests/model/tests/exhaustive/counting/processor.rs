//! What a sandbox of the event processor does.

use super::{Action, Counting, Defect, Fate, Processor, RECORDS, Slice, State, Step};

/// What may happen next to a sandbox.
pub(super) fn processor_actions(state: &State, processor: usize, actions: &mut Vec<Action>) {
    let Processor::Handling {
        last,
        mark,
        step,
        timed_out,
        ..
    } = state.processors[processor]
    else {
        if !state.processors.iter().any(|other| is_waited_for(*other)) {
            let batches = state.checkpoint + 1..=RECORDS;
            actions.extend(batches.map(|last| Action::Handle { processor, last }));
        }
        return;
    };
    match step {
        Step::Plan => {
            if mark >= last {
                actions.push(Action::Respond { processor });
            }
            actions.extend((mark + 1..=last).map(|after| Action::Plan { processor, after }));
        }
        Step::Commit(_) => {
            actions.push(Action::Commit { processor });
            if state.budget.lost_answers > 0 {
                let fates = [Fate::Done, Fate::NotDone, Fate::OnItsWay];
                actions.extend(fates.map(|fate| Action::CommitLost { processor, fate }));
            }
        }
        Step::ReadBeyond => {
            actions.extend([
                Action::ReadBeyond { processor },
                Action::GiveBack { processor },
            ]);
        }
    }
    if state.budget.kills > 0 {
        actions.push(Action::KillProcessor { processor });
    }
    if state.budget.timeouts > 0 && !timed_out {
        actions.push(Action::TimeOut { processor });
    }
}

/// Lambda hands over the records after the checkpoint. A sandbox that remembers a mark does not read it again.
pub(super) fn handle(state: &mut State, processor: usize, last: u8) {
    let Processor::Idle { mark } = state.processors[processor] else {
        return;
    };
    state.processors[processor] = Processor::Handling {
        first: state.checkpoint + 1,
        last,
        mark: mark.unwrap_or_else(|| state.end_of_chain(0)),
        timed_out: false,
        step: Step::Plan,
    };
}

impl Counting {
    /// A slice starts at the mark, and holds what of the batch is above it.
    pub(super) fn plan(&self, state: &mut State, processor: usize, after: u8) {
        let is_ignored = self.defect == Some(Defect::MarkIgnored);
        if let Processor::Handling {
            first, mark, step, ..
        } = &mut state.processors[processor]
        {
            let first = if is_ignored {
                *first
            } else {
                (*first).max(*mark + 1)
            };
            *step = Step::Commit(Slice {
                before: *mark,
                first,
                after,
            });
        }
    }

    pub(super) fn commit(&self, state: &mut State, processor: usize) {
        let Processor::Handling {
            step: Step::Commit(slice),
            last,
            timed_out,
            ..
        } = state.processors[processor]
        else {
            return;
        };
        let is_done =
            state.put(slice, self.defect) || self.defect == Some(Defect::CollisionIsACommit);
        if is_done && !timed_out && self.defect == Some(Defect::AcknowledgedTooEarly) {
            state.checkpoint = state.checkpoint.max(last);
        }
        if let Processor::Handling { mark, step, .. } = &mut state.processors[processor] {
            if is_done {
                *mark = slice.after;
            }
            *step = if is_done {
                Step::Plan
            } else {
                Step::ReadBeyond
            };
        }
    }

    pub(super) fn commit_lost(&self, state: &mut State, processor: usize, fate: Fate) {
        state.budget.lost_answers -= 1;
        let Processor::Handling { step, .. } = &mut state.processors[processor] else {
            return;
        };
        let Step::Commit(slice) = *step else { return };
        *step = Step::ReadBeyond;
        match fate {
            Fate::Done => {
                state.put(slice, self.defect);
            }
            Fate::NotDone => {}
            Fate::OnItsWay => state.in_flight.push(slice),
        }
    }
}

fn is_waited_for(processor: Processor) -> bool {
    matches!(
        processor,
        Processor::Handling {
            timed_out: false,
            ..
        }
    )
}

pub(super) fn time_out(state: &mut State, processor: usize) {
    state.budget.timeouts -= 1;
    if let Processor::Handling { timed_out, .. } = &mut state.processors[processor] {
        *timed_out = true;
    }
}

pub(super) fn read_beyond(state: &mut State, processor: usize) {
    let Processor::Handling { mark, .. } = state.processors[processor] else {
        return;
    };
    let end = state.end_of_chain(mark);
    if let Processor::Handling { mark, step, .. } = &mut state.processors[processor] {
        *mark = end;
        *step = Step::Plan;
    }
}

/// The invocation ends: with the batch done, or with what is above the mark given back, and then the mark is forgotten.
pub(super) fn leave(state: &mut State, processor: usize, is_done: bool) {
    let Processor::Handling {
        last,
        mark,
        timed_out,
        ..
    } = state.processors[processor]
    else {
        return;
    };
    if !timed_out {
        let done = if is_done { last } else { mark.min(last) };
        state.checkpoint = state.checkpoint.max(done);
    }
    state.processors[processor] = Processor::Idle {
        mark: is_done.then_some(mark),
    };
}
