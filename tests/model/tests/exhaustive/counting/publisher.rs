//! What a publisher does for the usage ledger.

use super::{Action, Counting, Defect, Publisher, RECORDS, State};

impl Counting {
    /// Rows and cursor, in one transaction.
    pub(super) fn fold_usage(&self, state: &mut State, publisher: usize) {
        let Publisher::HasSlices { cursor, to } = state.publishers[publisher] else {
            return;
        };
        if self.defect == Some(Defect::CursorAfterRows) {
            state.add_rows(cursor, to);
            state.publishers[publisher] = Publisher::HasAdded { cursor, to };
            return;
        }
        state.fold(cursor, to, self.defect);
        state.publishers[publisher] = Publisher::Idle;
    }

    /// The same, and the answer is lost: the tick reads the cursor again.
    pub(super) fn fold_lost(&self, state: &mut State, publisher: usize, done: bool) {
        state.budget.lost_answers -= 1;
        let Publisher::HasSlices { cursor, to } = state.publishers[publisher] else {
            return;
        };
        if done {
            state.fold(cursor, to, self.defect);
        }
        state.publishers[publisher] = Publisher::Idle;
    }
}

pub(super) fn read_slices(state: &mut State, publisher: usize, limit: u8) {
    let cursor = state.cursor;
    let slices = state.slices_from(cursor).take(usize::from(limit));
    let to = slices.last().map_or(cursor, |slice| slice.after);
    state.publishers[publisher] = Publisher::HasSlices { cursor, to };
}

pub(super) fn move_cursor(state: &mut State, publisher: usize) {
    let Publisher::HasAdded { cursor, to } = state.publishers[publisher] else {
        return;
    };
    if state.cursor == cursor {
        state.cursor = to;
    }
    state.publishers[publisher] = Publisher::Idle;
}

/// What may happen next to a publisher.
pub(super) fn publisher_actions(state: &State, publisher: usize, actions: &mut Vec<Action>) {
    match state.publishers[publisher] {
        // A tick over a chain without news changes nothing.
        Publisher::Idle => {
            if state.slices_from(state.cursor).next().is_some() {
                actions.extend([1, RECORDS].map(|limit| Action::ReadSlices { publisher, limit }));
            }
            return;
        }
        Publisher::HasSlices { .. } => {
            actions.push(Action::FoldUsage { publisher });
            if state.budget.lost_answers > 0 {
                actions.extend([true, false].map(|done| Action::FoldLost { publisher, done }));
            }
        }
        Publisher::HasAdded { .. } => actions.push(Action::MoveCursor { publisher }),
    }
    if state.budget.kills > 0 {
        actions.push(Action::KillPublisher { publisher });
    }
}
