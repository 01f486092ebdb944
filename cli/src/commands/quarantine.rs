//! `picket quarantine`: the unreadable and the discarded records, and their replay.

mod entry;
mod replay;
mod stack;

use std::io;

use event_processor::quarantine::entry::{self as entries, BadObject, Entry};
use picket_shared::{clock::Clock, report::ErrorChain};

use self::{
    entry::{EntryRow, Shown},
    stack::{Stack, Trouble},
};
use crate::{arguments::Quarantine, exit::Exit, output::Output, refusal::Refusal};

/// Runs the command on a stack's bucket. Exit status 1 where AWS refuses.
pub(crate) async fn run(
    command: Quarantine,
    clock: &impl Clock,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let done = match command {
        Quarantine::List { stack } => list(&stack, clock, output).await,
        Quarantine::Show {
            stack,
            object,
            position,
        } => show(&stack, &object, position.as_deref(), clock, output).await,
        Quarantine::Replay {
            stack,
            objects,
            mended,
        } => replay::run(&stack, objects, mended, clock, output).await,
    };
    match done {
        Ok(()) => Ok(Exit::Done),
        Err(Failure::Output(error)) => Err(error),
        Err(Failure::Aws(trouble)) => {
            output.complain(ErrorChain(&*trouble))?;
            Ok(Exit::Failed)
        }
    }
}

/// Why a command ended early.
enum Failure {
    Output(io::Error),
    Aws(Trouble),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl<E: Into<Trouble>> From<Aws<E>> for Failure {
    fn from(Aws(error): Aws<E>) -> Self {
        Self::Aws(error.into())
    }
}

/// Marks an error as one of AWS.
struct Aws<E>(E);

async fn list(name: &str, clock: &impl Clock, output: &mut Output<'_>) -> Result<(), Failure> {
    let stack = Stack::find(name).await.map_err(Aws)?;
    let mut listed = 0;
    for key in stack.keys().await.map_err(Aws)? {
        for entry in read(&stack, &key, output).await? {
            let status = stack.status(&entry, clock.now()).await.map_err(Aws)?;
            output.answer(&EntryRow::of(&entry, &status))?;
            listed += 1;
        }
    }
    if listed == 0 {
        output.note("nothing is quarantined")?;
    }
    Ok(())
}

async fn show(
    name: &str,
    object: &str,
    position: Option<&str>,
    clock: &impl Clock,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let stack = Stack::find(name).await.map_err(Aws)?;
    for entry in read(&stack, object, output).await? {
        if position.is_none_or(|position| position == entry.position.as_str()) {
            let status = stack.status(&entry, clock.now()).await.map_err(Aws)?;
            output.answer(&Shown::of(&entry, &status))?;
        }
    }
    Ok(())
}

/// The entries of an object; an object that is not understood is an answer with the error.
async fn read(stack: &Stack, key: &str, output: &mut Output<'_>) -> Result<Vec<Entry>, Failure> {
    let body = stack.object(key).await.map_err(Aws)?;
    match entries::read(key, &body) {
        Ok(entry) => Ok(entry),
        // The overrides of rules and the like lie beside what waits.
        Err(BadObject::Foreign) => Ok(Vec::new()),
        Err(bad) => {
            output.answer(&Refusal::of_file(key, ErrorChain(&bad)))?;
            Ok(Vec::new())
        }
    }
}
