//! `picket alarms backtest`.

mod alarms;
mod contributors;
mod counts;
mod evaluate;
mod live;
mod past;
mod picture;
mod text;

use std::{fmt, fs, io};

use jiff::{SignedDuration, Timestamp};
use picket_alarms::backtest::{Answers, Query};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use self::{
    alarms::{Chosen, choose},
    evaluate::Data,
    past::Past,
};
use super::sources;
use crate::{arguments::BacktestArguments, exit::Exit, input, output::Output, period::Period};

/// Queries of a request (API reference, `GetMetricData`, `MetricDataQueries`).
const MOST_QUERIES: usize = 500;

/// The queries of a request, as one value.
#[derive(Serialize)]
#[serde(transparent)]
struct Queries<'a>(Vec<&'a Query>);

impl fmt::Display for Queries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

/// Evaluates the alarms over recorded metrics, or over those of CloudWatch. Exit status 1 where CloudWatch cannot be read,
/// 2 where a file or the command line makes no sense.
pub(super) async fn run(
    arguments: &BacktestArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (inventory, exit) = sources::inventory(&arguments.sources, output)?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    let period = Period::until(now, arguments.from);
    let chosen = match choose(inventory, &arguments.alarms, period.length()) {
        Ok(chosen) => chosen,
        Err(sentence) => {
            output.complain(sentence)?;
            return Ok(Exit::Unreadable);
        }
    };
    if arguments.queries {
        return print_queries(&chosen, output);
    }
    let data = match data(arguments, &chosen, &period, output).await? {
        Ok(data) => data,
        Err(exit) => return Ok(exit),
    };
    let pasts = evaluate::all(&chosen, &data, arguments.thresholds.as_ref());
    for past in &pasts {
        output.answer(past)?;
    }
    for label in data.answers.incomplete() {
        output.complain(format_args!(
            "the datapoints of {label} are not complete: a page is missing"
        ))?;
    }
    draw(arguments, &pasts, output)
}

/// The metrics, or how the command ends without.
async fn data(
    arguments: &BacktestArguments,
    chosen: &Chosen,
    period: &Period,
    output: &mut Output<'_>,
) -> io::Result<Result<Data, Exit>> {
    if arguments.metrics.is_empty() {
        return match live::read(chosen, period).await {
            Ok(answers) => Ok(Ok(Data::of_cloudwatch(answers, period))),
            Err(fault) => {
                output.complain(ErrorChain(&fault))?;
                Ok(Err(Exit::Failed))
            }
        };
    }
    let (answers, exit) = recorded(arguments, output)?;
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    let data = Data::recorded(answers, arguments.start, arguments.end);
    if data.is_none() {
        output.complain("the recorded answers have no datapoints")?;
    }
    Ok(data.ok_or(Exit::Unreadable))
}

fn print_queries(chosen: &Chosen, output: &mut Output<'_>) -> io::Result<Exit> {
    let (insights, metrics): (Vec<&Query>, Vec<&Query>) = chosen
        .queries()
        .into_iter()
        .partition(|query| query.is_insights());
    let requests = metrics.chunks(MOST_QUERIES);
    for request in requests.chain(insights.chunks(1)) {
        output.answer(&Queries(request.to_vec()))?;
    }
    for (name, reason) in chosen.without_queries() {
        output.complain(format_args!("{name}: {reason}"))?;
    }
    Ok(Exit::Done)
}

fn recorded(arguments: &BacktestArguments, output: &mut Output<'_>) -> io::Result<(Answers, Exit)> {
    let (files, mut exit) = input::read_all(&arguments.metrics, output)?;
    let mut answers = Answers::default();
    for named in files {
        if let Err(error) = answers.read(&named.bytes) {
            output.complain(format_args!("{}: {error}", named.path))?;
            exit = Exit::Unreadable;
        }
    }
    Ok((answers, exit))
}

fn draw(
    arguments: &BacktestArguments,
    pasts: &[Past],
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let Some(file) = &arguments.svg else {
        return Ok(Exit::Done);
    };
    match fs::write(file, picture::svg(pasts)) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            output.complain(format_args!(
                "{} cannot be written: {error}",
                file.display()
            ))?;
            Ok(Exit::Unreadable)
        }
    }
}

/// A time for people: `2d 3h`, `14m`.
fn lasted(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "m")];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if said.is_empty() {
        return format!("{}s", duration.as_secs());
    }
    said.join(" ")
}
