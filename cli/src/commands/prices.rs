//! `picket prices`: the prices of models, from where they are listed to where they are used.

mod check;
mod fetch;
mod merge;
mod offer;
mod price_list;
mod public_table;

use std::{fmt, fs, io, path::Path};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_rules::prices;
use picket_shared::report::ErrorChain;
use serde::Serialize;

use crate::{
    arguments::PricesCommand,
    exit::Exit,
    input::{self, Named},
    output::Output,
    refusal::Refusal,
    style::{BAD, BOLD, FAINT, RESET},
};
use merge::{Difference, Import};
use offer::{LeftOut, Offers, Source};

/// Runs a command of `picket prices`.
pub(crate) async fn run(
    command: PricesCommand,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let today = now.to_zoned(TimeZone::UTC).date();
    match command {
        PricesCommand::Import {
            files,
            source,
            address,
            read,
            into,
        } => {
            let (named, exit) = input::read_all(&files, output)?;
            if exit != Exit::Done {
                return Ok(exit);
            }
            let source = Source {
                name: source,
                read: read.unwrap_or(today),
                address,
            };
            import(&named, &source, into.as_deref(), output)
        }
        PricesCommand::Refresh { regions, into } => {
            let files = match fetch::offer_files(fetch::ENDPOINT, &regions).await {
                Ok(files) => files,
                Err(error) => {
                    output.complain(ErrorChain(&error))?;
                    return Ok(Exit::Failed);
                }
            };
            let source = Source {
                name: format!("aws-price-list-{today}"),
                read: today,
                address: format!("{}/offers/v1.0/aws/index.json", fetch::ENDPOINT),
            };
            import(&files, &source, into.as_deref(), output)
        }
        PricesCommand::Check {
            stack,
            days,
            candidate,
            prices,
        } => check::run(&stack, today, days, candidate, prices, output).await,
    }
}

/// The result of an import.
#[derive(Debug, Serialize)]
struct Report {
    /// Models with prices for tokens in the source.
    models: usize,
    /// Prices (a model's tier and context step) that the rows have already.
    same: usize,
    /// The ids of the rows that are added.
    added: Vec<String>,
    differences: Vec<Difference>,
    left_out: Vec<LeftOut>,
    /// The file that has the rows now.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

fn import(
    files: &[Named],
    source: &Source,
    into: Option<&Path>,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let mut offers = Offers::default();
    for named in files {
        match read(named) {
            Ok(more) => {
                offers.offers.extend(more.offers);
                offers.left_out.extend(more.left_out);
            }
            Err(refusal) => return output.refuse(&refusal),
        }
    }
    let old = match into {
        Some(file) if file.exists() => fs::read_to_string(file)?,
        Some(_) => String::new(),
        None => prices::BUILT_IN_IMPORTED.1.to_owned(),
    };
    let (file, text) = prices::BUILT_IN;
    let planned = prices::parse(file, text)
        .and_then(|written| merge::import(&written, &old, &offers.offers, source));
    let Import {
        text,
        added,
        differences,
        same,
    } = match planned {
        Ok(import) => import,
        Err(problems) => {
            output.complain(problems)?;
            return Ok(Exit::Failed);
        }
    };
    if let Some(file) = into.filter(|_| !added.is_empty()) {
        fs::write(file, text)?;
    }
    output.answer(&Report {
        models: offers.offers.len(),
        same,
        added,
        differences,
        left_out: offers.left_out,
        file: into.map(|file| file.display().to_string()),
    })?;
    Ok(Exit::Done)
}

fn read(named: &Named) -> Result<Offers, Refusal> {
    let text = str::from_utf8(&named.bytes)
        .map_err(|_| Refusal::of_file(&named.path, "it is no UTF-8 text"))?;
    let read = if price_list::is_offer_file(text) {
        price_list::read(text)
    } else {
        public_table::read(text)
    };
    read.map_err(|reason| Refusal::of_file(&named.path, reason))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            models,
            same,
            added,
            differences,
            left_out,
            file,
        } = self;
        write!(
            f,
            "{BOLD}{models} models{RESET}: {same} prices are as they are, {} rows are new, {} prices differ, {} entries are left out",
            added.len(),
            differences.len(),
            left_out.len()
        )?;
        for difference in differences {
            write!(f, "\n{difference}")?;
        }
        for LeftOut { entry, reason } in left_out {
            write!(f, "\n{FAINT}left out{RESET} {entry}: {reason}")?;
        }
        if added.is_empty() {
            return Ok(());
        }
        match file {
            Some(file) => write!(f, "\nthe rows are in {file}"),
            None => write!(f, "\n{FAINT}nothing is written without --into{RESET}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            model,
            tier,
            above,
            row,
            row_source,
            prices,
            choice,
        } = self;
        write!(f, "{BAD}differs{RESET} {model} {tier}")?;
        if *above > 0 {
            write!(f, " above {above} tokens")?;
        }
        for (kind, own, other) in prices {
            write!(f, "; {kind}: {own} in the row {row}, {other} in the source")?;
        }
        write!(f, " ({row_source}); used: {choice}")
    }
}

/// The first day of a period of so many days that ends on a day.
fn first_day(last: Date, days: u16) -> Date {
    last.saturating_sub(jiff::Span::new().days(i64::from(days.saturating_sub(1))))
}
