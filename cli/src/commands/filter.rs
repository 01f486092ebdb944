//! `picket filter`: a CloudWatch Logs filter pattern on each line of a file.

use std::{collections::BTreeMap, fmt, io, path::PathBuf};

use picket_rules::filter::{Event, Pattern, PatternError};
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

/// Reads the file and prints a verdict a line. Exit status 2 where the pattern is not valid, 3 where no line matches.
pub(crate) fn run(pattern: &str, file: PathBuf, output: &mut Output<'_>) -> io::Result<Exit> {
    let compiled = match Pattern::parse(pattern) {
        Ok(pattern) => pattern,
        Err(error) => return refuse(pattern, &error, output),
    };
    for warning in compiled.warnings() {
        output.note(format_args!("warning: {warning}"))?;
    }
    let (files, exit) = input::read_all(&[file], output)?;
    let mut matched = 0_u64;
    for named in &files {
        for line in String::from_utf8_lossy(&named.bytes).lines() {
            let tried = tried(&compiled, line);
            matched += u64::from(tried.matched);
            output.answer(&tried)?;
        }
    }
    let found = if matched == 0 {
        Exit::NoMatch
    } else {
        Exit::Done
    };
    Ok(exit.max(found))
}

/// The pattern and a mark below the place where it cannot be read on.
fn refuse(pattern: &str, error: &PatternError, output: &mut Output<'_>) -> io::Result<Exit> {
    if output.is_json() {
        let error = format!("the pattern {pattern:?}: {error}");
        return output.refuse(&Refusal { file: None, error });
    }
    output.complain(format_args!("the pattern is not valid: {}", error.message))?;
    let one_line = pattern.replace(|letter: char| letter.is_control(), " ");
    output.complain(format_args!("  {one_line}"))?;
    output.complain(format_args!("  {}^", " ".repeat(error.offset)))?;
    Ok(Exit::Unreadable)
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
