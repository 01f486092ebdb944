//! `picket replay`: recorded requests onto a running line's stream, and what its ledger, CloudWatch and Prometheus
//! counted of them.

use std::{fmt, io};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use picket_line::{
    journal::Journal,
    replay::{self, Agents, Counts, Options, Progress, Recording, Summary, Totals, View},
};
use serde::Serialize;

use crate::{
    arguments::ReplayArguments,
    exit::Exit,
    input::{self, Named},
    output::Output,
    refusal::Refusal,
    style::{BAD, GOOD, RESET},
};

#[derive(Serialize)]
#[serde(transparent)]
struct ReplayResult(Summary);

/// Replays and compares. Exit status 1 where a total differs from the files, or no line runs.
pub(crate) async fn run(arguments: &ReplayArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let ReplayArguments {
        files,
        kill,
        agents,
    } = arguments;
    let (read, exit) = input::read_all(files, output)?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    let recording = match recording(&read) {
        Ok(recording) => recording.dealt_to(*agents),
        Err(refusal) => return output.refuse(&refusal),
    };
    let options = Options {
        recording,
        kill: *kill,
    };
    let bar = bar(output.is_drawn());
    let draw = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.counted);
        bar.set_message(format!("{} sent", progress.sent));
    };
    let replayed = Box::pin(replay::run(options, Journal::default(), draw)).await;
    bar.finish_and_clear();
    match replayed {
        Ok(summary) => {
            let exit = if summary.holds() {
                Exit::Done
            } else {
                Exit::Failed
            };
            output.answer(&ReplayResult(summary))?;
            Ok(exit)
        }
        Err(error) => {
            output.complain(format_args!("{error:#}"))?;
            Ok(Exit::Failed)
        }
    }
}

/// The requests of all files, in their order.
fn recording(files: &[Named]) -> Result<Recording, Refusal> {
    files.iter().try_fold(Recording::default(), |all, named| {
        let recording = Recording::parse(named.bytes.as_slice())
            .map_err(|error| Refusal::of_file(&named.path, format_args!("{error:#}")))?;
        Ok(all.followed_by(recording))
    })
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

impl fmt::Display for ReplayResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(summary) = self;
        writeln!(f, "the files:  {}", Words(&summary.expected))?;
        write!(f, "the ledger: ")?;
        if summary.exact {
            write!(f, "{GOOD}exact{RESET}")?;
        } else {
            write!(f, "{BAD}not exact{RESET}: {}", Words(&summary.counted))?;
        }
        write!(f, "; {}", ByAgent(&summary.agents))?;
        if let Some(views) = &summary.views {
            let expected = summary.expected.counts();
            write!(
                f,
                "\nCloudWatch: {}",
                ViewResult(&views.cloudwatch, expected)
            )?;
            write!(f, "; {} ambiguous slices", views.ambiguous)?;
            if views.ambiguous > 0 {
                let largest = views.largest_slice;
                write!(f, ", of {largest} requests at most")?;
            }
            match &views.prometheus {
                Some(view) => write!(f, "\nPrometheus: {}", ViewResult(view, expected))?,
                None => write!(f, "\nPrometheus: the line writes to none")?,
            }
        }
        match summary.killed {
            0 => Ok(()),
            killed => write!(f, "\n{killed} processes were killed meanwhile"),
        }
    }
}

/// A view against what the files hold.
struct ViewResult<'a>(&'a View, Counts);

impl fmt::Display for ViewResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(view, expected) = self;
        if view.exact {
            write!(f, "{GOOD}exact{RESET}")?;
        } else {
            write!(f, "{BAD}not exact{RESET}")?;
            let totals = [
                ("in all", view.environment),
                ("by agent", view.by_agent),
                ("by model", view.by_model),
            ];
            for (name, total) in totals {
                write!(f, "; {name} {}", Difference(total, *expected))?;
            }
        }
        write!(f, "; {}", ByAgent(&view.agents))
    }
}

/// By how much the first differs from the second.
struct Difference(Counts, Counts);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(found, expected) = self;
        let by = |found: u64, expected: u64| i128::from(found) - i128::from(expected);
        write!(
            f,
            "{:+} requests, {:+} tokens in, {:+} out",
            by(found.requests, expected.requests),
            by(found.input_tokens, expected.input_tokens),
            by(found.output_tokens, expected.output_tokens)
        )
    }
}

struct ByAgent<'a>(&'a Agents);

impl fmt::Display for ByAgent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(agents) = self;
        write!(f, "{} agents by name", agents.whole)?;
        if agents.partly + agents.absent > 0 {
            write!(
                f,
                ", {} in part and {} not, with {} requests under Other",
                agents.partly, agents.absent, agents.other.requests
            )?;
        }
        match agents.over.len() {
            0 => Ok(()),
            over => write!(f, ", {over} with more than their own"),
        }
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

#[cfg(test)]
mod tests;
