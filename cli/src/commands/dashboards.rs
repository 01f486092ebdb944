//! `picket dashboards`: the bodies of dashboards in the templates of workloads, and the files of Grafana's.

mod grafana;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use picket_alarms::template::document;
use picket_dashboards::section::{self, Refusal, Source};
use picket_rules::Problem;
use serde::Serialize;

use crate::{
    arguments::DashboardsCommand,
    checkout,
    exit::Exit,
    input,
    output::Output,
    style::{BAD, GOOD, RESET},
};

pub(crate) use grafana::Boards;

/// The folder of sources beside a template.
const SOURCES: &str = "dashboards";

/// Runs a command of `picket dashboards`.
pub(crate) fn run(command: &DashboardsCommand, output: &mut Output<'_>) -> io::Result<Exit> {
    let (folders, writes) = match command {
        DashboardsCommand::Write { folders } => (folders, true),
        DashboardsCommand::Check { folders } => (folders, false),
    };
    let folders = if folders.is_empty() {
        match of_checkout() {
            Ok(folders) => folders,
            Err(sentence) => {
                output.complain(sentence)?;
                return Ok(Exit::Unreadable);
            }
        }
    } else {
        folders.clone()
    };
    let mut exit = Exit::Done;
    for folder in &folders {
        let boards = Boards::has(folder).then(|| Boards::of(folder, writes));
        if boards.is_none() || folder.join(SOURCES).is_dir() {
            let dashboards = Dashboards::of(folder, writes);
            exit = exit.max(exit_of(dashboards.is_valid()));
            output.answer(&dashboards)?;
        }
        if let Some(boards) = boards {
            exit = exit.max(exit_of(boards.is_valid()));
            output.answer(&boards)?;
        }
    }
    Ok(exit)
}

fn exit_of(valid: bool) -> Exit {
    if valid { Exit::Done } else { Exit::Failed }
}

/// The workloads with dashboards of the checkout around the working directory, by short paths, and those outside it.
pub(crate) fn of_checkout() -> Result<Vec<PathBuf>, String> {
    let root = checkout::here()
        .ok_or("this is not inside a checkout of Picket: name folders of workloads")?;
    let mut folders = checkout::workloads(&root)?;
    folders.retain(|path| path.join(SOURCES).is_dir() || Boards::has(path));
    Ok(folders)
}

/// The dashboards of a template.
#[derive(Debug, Serialize)]
pub(crate) struct Dashboards {
    /// The template.
    file: String,
    format: &'static str,
    valid: bool,
    state: State,
    /// The sources, by path from the template's folder.
    sources: Vec<String>,
    problems: Vec<Problem>,
}

/// What became of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It holds what the sources give.
    Current,
    /// It was written.
    Written,
    /// It holds something else.
    Differs,
    /// A dashboard cannot be made.
    Invalid,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (colour, word) = match self {
            Self::Current => (GOOD, "valid    "),
            Self::Written => (GOOD, "written  "),
            Self::Differs => (BAD, "differs  "),
            Self::Invalid => (BAD, "not valid"),
        };
        write!(f, "{colour}{word}{RESET}")
    }
}

impl Dashboards {
    /// Makes the dashboards of a workload's folder, and writes them where `writes`.
    pub(crate) fn of(folder: &Path, writes: bool) -> Self {
        let path = folder.join("template.yaml");
        let file = path.display().to_string();
        let whole = |message: String| vec![Problem::of_file(&file, message)];
        let made = sources(folder).map_err(whole).and_then(|sources| {
            let text = read(&path).map_err(whole)?;
            let written = written(&file, &text, &sources)?;
            Ok((sources, text, written))
        });
        let (state, sources, problems) = match made {
            Err(problems) => (State::Invalid, Vec::new(), problems),
            Ok((sources, text, written)) if text == written => {
                (State::Current, sources, Vec::new())
            }
            Ok((sources, _, written)) if writes => match fs::write(&path, written) {
                Ok(()) => (State::Written, sources, Vec::new()),
                Err(error) => (
                    State::Differs,
                    sources,
                    whole(format!("it cannot be written: {error}")),
                ),
            },
            Ok((sources, ..)) => {
                let message = "it is not what its sources give: run `picket dashboards write`";
                (State::Differs, sources, whole(message.to_owned()))
            }
        };
        Self {
            file,
            format: SOURCES,
            valid: problems.is_empty(),
            state,
            sources: sources.into_iter().map(|(file, _)| file).collect(),
            problems,
        }
    }

    /// Whether the template holds what its sources give.
    pub(crate) fn is_valid(&self) -> bool {
        self.valid
    }
}

fn written(file: &str, text: &str, sources: &[Source]) -> Result<String, Vec<Problem>> {
    let document =
        document::read(text).map_err(|error| vec![Problem::of_file(file, error.to_string())])?;
    section::write_all(text, &document, sources).map_err(|refused| {
        let sentence = |(file, error): Refusal| Problem::of_file(&file, error.to_string());
        refused.into_iter().map(sentence).collect()
    })
}

/// The sources of a folder, by name.
fn sources(folder: &Path) -> Result<Vec<Source>, String> {
    let folder = folder.join(SOURCES);
    let names = yaml_files(&folder)?;
    let source = |name: String| Ok((format!("{SOURCES}/{name}"), read(&folder.join(&name))?));
    names.into_iter().map(source).collect()
}

/// The names of a folder's sources, sorted.
fn yaml_files(folder: &Path) -> Result<Vec<String>, String> {
    let cannot = |error| format!("{} cannot be read: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.retain(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "yaml")
    });
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String, String> {
    input::text(path)
}

impl fmt::Display for Dashboards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}", self.state, self.file, self.format)?;
        let names = self.sources.iter().enumerate();
        names.into_iter().try_for_each(|(index, name)| {
            write!(f, "{}{name}", if index > 0 { ", " } else { ": " })
        })?;
        f.write_str(")")?;
        self.problems
            .iter()
            .try_for_each(|problem| write!(f, "\n  {}", problem.message))
    }
}
