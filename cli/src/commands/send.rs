//! `picket send`: events onto the stream of the running line.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use event_processor::{
    ingest::{Ingest, Records},
    rules::RuleSet,
};
use jiff::Timestamp;
use picket_aws::stream::OutgoingRecord;
use picket_line::{local::Local, send};
use serde::Serialize;

use crate::{
    arguments::SendArguments,
    checkout,
    configured::Sources,
    exit::Exit,
    input::{self, Named},
    output::Output,
    payloads,
};

/// The environment of the line's series.
const ENVIRONMENT: &str = "dev";

/// What was sent, and what the workload's rules make of it.
#[derive(Debug, Serialize)]
struct Sent {
    records: Records,
    stream: String,
    page: String,
}

/// Looks at the events with the workload's rules, and sends them. Exit status 1 where none matches or no line runs.
pub(crate) async fn run(
    arguments: &SendArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (read, exit) = input::read_all(std::slice::from_ref(&arguments.file), output)?;
    let Some(named) = read.first() else {
        return Ok(exit);
    };
    let events = match payloads::of(named) {
        Ok(events) => events,
        Err(refusal) => return output.refuse(&refusal),
    };
    let events = if arguments.keep_times {
        events
    } else {
        send::moved(&events, now)
    };
    let workload = folder(&arguments.workload);
    let records = match counted(&workload, named, &events, now) {
        Ok(records) => records,
        Err(reason) => {
            output.complain(reason)?;
            return Ok(Exit::Unreadable);
        }
    };
    if records.matched == 0 {
        let (workload, file) = (workload.display(), arguments.file.display());
        output.complain(format_args!(
            "no rule of {workload} matches an event, and nothing is sent; `picket ingest --rules {workload} {file}` says why"
        ))?;
        return Ok(Exit::Failed);
    }
    match sent(records, &events).await {
        Ok(sent) => {
            output.answer(&sent)?;
            Ok(Exit::Done)
        }
        Err(error) => {
            output.complain(error)?;
            Ok(Exit::Failed)
        }
    }
}

/// The folder of a workload: of that name in the checkout or outside it, or else as it is named.
fn folder(workload: &Path) -> PathBuf {
    let all = checkout::here().and_then(|root| checkout::workloads(&root).ok());
    let mut all = all.into_iter().flatten();
    let named = all.find(|folder| folder.file_name() == Some(workload.as_os_str()));
    named.unwrap_or_else(|| workload.to_owned())
}

/// What the rules of the workload make of the events.
fn counted(
    workload: &Path,
    named: &Named,
    events: &[OutgoingRecord],
    now: Timestamp,
) -> Result<Records, String> {
    let sources = Sources::here();
    let rules = sources.rules(&[workload.to_owned()])?.value;
    let rule_set = RuleSet::new(
        rules,
        sources.prices(None)?.value,
        ENVIRONMENT,
        "picket-send",
    );
    let mut ingest = Ingest::new(rule_set, now);
    for event in events {
        // A payload is a line there.
        let line: Vec<u8> = event
            .data
            .iter()
            .map(|&byte| if byte == b'\n' { b' ' } else { byte })
            .collect();
        ingest.payloads(&named.path, &line);
    }
    Ok(ingest.finish().records)
}

async fn sent(records: Records, events: &[OutgoingRecord]) -> Result<Sent, String> {
    let sentence = |error| format!("{error:#}");
    let line = Local::here().await.map_err(sentence)?;
    let stream = send::send(&line, events).await.map_err(sentence)?;
    Ok(Sent {
        records,
        stream,
        page: line.page,
    })
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            records,
            stream,
            page,
        } = self;
        write!(
            f,
            "{} events are on the stream {stream}: {} match, {} do not, {} cannot be read. Their counts are in CloudWatch in a minute: {page}",
            records.read, records.matched, records.unmatched, records.quarantined
        )
    }
}
