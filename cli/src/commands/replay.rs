//! `picket replay`: recorded requests onto a running line's stream, and what its ledger counted of them.

use std::{fmt, io, path::PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use picket_line::{
    journal::Journal,
    replay::{self, Options, Progress, Recording, Summary, Totals},
};
use serde::Serialize;

use crate::{
    exit::Exit,
    input,
    output::Output,
    refusal::Refusal,
    style::{BAD, GOOD, RESET},
};

#[derive(Serialize)]
#[serde(transparent)]
struct Outcome(Summary);

/// Replays and compares. Exit status 1 where the two do not agree, or no line runs.
pub(crate) async fn run(
    files: Vec<PathBuf>,
    kill: bool,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (read, exit) = input::read_all(&files, output)?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    let unclear = read.iter().find_map(|named| {
        let error = Recording::parse(named.bytes.as_slice()).err()?;
        Some(Refusal::of_file(&named.path, format_args!("{error:#}")))
    });
    if let Some(refusal) = unclear {
        output.answer(&refusal)?;
        return Ok(Exit::Done);
    }
    let bar = bar(output.is_drawn());
    let draw = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.counted);
        bar.set_message(format!("{} sent", progress.sent));
    };
    let replayed = replay::run(Options { files, kill }, Journal::default(), draw).await;
    bar.finish_and_clear();
    match replayed {
        Ok(summary) => {
            let exit = if summary.exact {
                Exit::Done
            } else {
                Exit::Failed
            };
            output.answer(&Outcome(summary))?;
            Ok(exit)
        }
        Err(error) => {
            output.complain(format_args!("{error:#}"))?;
            Ok(Exit::Failed)
        }
    }
}

fn bar(drawn: bool) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {pos} of {len} in the ledger, {msg} {elapsed}")
            .expect("the template is a constant that parses");
    let target = if drawn {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(None, target).with_style(style)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(summary) = self;
        if summary.exact {
            write!(
                f,
                "{GOOD}exact{RESET}: {}, in the files and in the ledger",
                Words(&summary.counted)
            )?;
            return match summary.killed {
                0 => Ok(()),
                killed => write!(f, "; {killed} processes were killed meanwhile"),
            };
        }
        write!(
            f,
            "{BAD}not exact{RESET}\n  the files:  {}\n  the ledger: {}",
            Words(&summary.expected),
            Words(&summary.counted)
        )
    }
}

struct Words<'a>(&'a Totals);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals {
            requests,
            input_tokens,
            output_tokens,
            cost_usd,
        } = self.0;
        write!(
            f,
            "{requests} requests, {input_tokens} tokens in, {output_tokens} out, ${cost_usd}"
        )
    }
}
