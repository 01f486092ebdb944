//! `picket demo`: the whole line on this machine.

use std::{fmt, io};

use picket_line::{
    demo::{self, Summary},
    journal::Journal,
};
use serde::Serialize;

use crate::{
    arguments::DemoArguments,
    exit::Exit,
    output::Output,
    style::{BAD, GOOD, RESET},
    timeline,
};

/// The page's default port: an address that stays the same can be bookmarked.
const PAGE_PORT: u16 = 4180;

#[derive(Serialize)]
#[serde(transparent)]
struct DemoResult(Summary);

/// Plays the scenario. Exit status 1 where a step missed its result or the line could not be set up.
pub(crate) async fn run(arguments: DemoArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let DemoArguments {
        headless,
        live,
        port,
        shards,
        prometheus,
        workload,
    } = arguments;
    // Nobody opens the page of a headless run: any free port, so that several run on a machine.
    let page_port = port.unwrap_or(if headless { 0 } else { PAGE_PORT });
    let journal = Journal::default();
    // On the heap: a whole line is a large future.
    let play = Box::pin(demo::run(
        demo::Options {
            headless,
            live,
            page_port,
            shards,
            prometheus,
            workload,
        },
        journal.clone(),
    ));
    match timeline::follow(&journal, play, output).await? {
        Ok(summary) => {
            let exit = if summary.complete {
                Exit::Done
            } else {
                Exit::Failed
            };
            output.answer(&DemoResult(summary))?;
            Ok(exit)
        }
        Err(error) => {
            output.complain(format_args!("{error:#}"))?;
            Ok(Exit::Failed)
        }
    }
}

impl fmt::Display for DemoResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(summary) = self;
        let style = if summary.complete { GOOD } else { BAD };
        write!(
            f,
            "{style}{} of {} steps were seen to happen{RESET}, in {:.0} s",
            summary.seen(),
            summary.steps.len(),
            summary.seconds
        )
    }
}
