//! `picket filter`: a CloudWatch Logs filter pattern on each line of a file.

use std::{collections::BTreeMap, fmt, io, path::PathBuf};

use picket_rules::filter::{Event, Pattern};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use crate::{
    exit::Exit,
    input,
    output::Output,
    refusal::Refusal,
    style::{FAINT, GOOD, RESET},
    terminal::Value,
};

/// The result of one line.
#[derive(Debug, Serialize)]
struct Tried {
    matched: bool,
    values: BTreeMap<String, String>,
    #[serde(skip)]
    line: String,
}

/// Reads the file and prints a verdict a line.
pub(crate) fn run(pattern: &str, file: PathBuf, output: &mut Output<'_>) -> io::Result<Exit> {
    let (files, exit) = input::read_all(&[file], output)?;
    let pattern = match Pattern::parse(pattern) {
        Ok(pattern) => pattern,
        Err(error) => {
            let error = format!("the pattern {pattern:?}: {}", ErrorChain(&error));
            output.answer(&Refusal { file: None, error })?;
            return Ok(exit);
        }
    };
    for named in &files {
        for line in String::from_utf8_lossy(&named.bytes).lines() {
            output.answer(&tried(&pattern, line))?;
        }
    }
    Ok(exit)
}

fn tried(pattern: &Pattern, line: &str) -> Tried {
    let json = serde_json::from_str(line).ok();
    let event = Event {
        text: line,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    let matched = pattern.matches(&event);
    let values = if matched {
        pattern.values(&event)
    } else {
        BTreeMap::new()
    };
    Tried {
        matched,
        values,
        line: line.to_owned(),
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.matched {
            return write!(f, "{FAINT}-       {}{RESET}", self.line);
        }
        write!(f, "{GOOD}matched{RESET} {}", self.line)?;
        for (selector, value) in &self.values {
            write!(f, "\n          {selector} = {}", Value(value))?;
        }
        Ok(())
    }
}
