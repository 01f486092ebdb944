//! Dashboards of Grafana: files that are written from their sources.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use picket_dashboards::grafana::Board;
use picket_rules::Problem;
use serde::Serialize;

use super::{State, read, yaml_files};

/// The sources, in a workload's folder.
const SOURCES: &str = "prometheus/dashboards";
/// The files that Grafana reads, in a workload's folder.
const FILES: &str = "prometheus/grafana/dashboards";

/// The dashboards of a workload.
#[derive(Debug, Serialize)]
pub(crate) struct Boards {
    /// The folder of the files.
    file: String,
    format: &'static str,
    valid: bool,
    state: State,
    /// The sources, by path from the workload's folder.
    sources: Vec<String>,
    problems: Vec<Problem>,
}

impl Boards {
    /// Whether a workload has any.
    pub(crate) fn has(workload: &Path) -> bool {
        workload.join(SOURCES).is_dir()
    }

    /// Makes the files, and writes them where `writes`. A file without a source is removed with that, or refused.
    pub(crate) fn of(workload: &Path, writes: bool) -> Self {
        let folder = workload.join(FILES);
        let mut boards = Self {
            file: folder.display().to_string(),
            format: "grafana",
            valid: true,
            state: State::Current,
            sources: Vec::new(),
            problems: Vec::new(),
        };
        match boards.made(workload) {
            Ok(made) => boards.settle(&folder, &made, writes),
            Err(problems) => {
                boards.state = State::Invalid;
                boards.problems = problems;
            }
        }
        boards.valid = boards.problems.is_empty();
        boards
    }

    /// Whether the files are what the sources give.
    pub(crate) fn is_valid(&self) -> bool {
        self.valid
    }

    /// The files by name.
    fn made(&mut self, workload: &Path) -> Result<Vec<(String, String)>, Vec<Problem>> {
        let whole = |message: String| vec![Problem::of_file(&self.file, message)];
        let names = yaml_files(&workload.join(SOURCES)).map_err(whole)?;
        let (mut made, mut problems) = (Vec::new(), Vec::new());
        for name in names {
            let path = workload.join(SOURCES).join(&name);
            let board = read(&path)
                .and_then(|text| Board::read(&name, &text).map_err(|error| error.to_string()));
            match board {
                Ok(board) => made.push((format!("{}.json", board.id), board.text())),
                Err(message) => {
                    problems.push(Problem::of_file(path.display().to_string(), message));
                }
            }
            self.sources.push(format!("{SOURCES}/{name}"));
        }
        if problems.is_empty() {
            Ok(made)
        } else {
            Err(problems)
        }
    }

    fn settle(&mut self, folder: &Path, made: &[(String, String)], writes: bool) {
        let differ = made.iter().filter(|(name, text)| {
            fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text)
        });
        let differ: Vec<_> = differ.collect();
        let left = left(folder, made);
        if differ.is_empty() && left.is_empty() {
            return;
        }
        self.state = State::Differs;
        if !writes {
            let message = "they are not what their sources give: run `picket dashboards write`";
            self.problems
                .push(Problem::of_file(&self.file, message.to_owned()));
            return;
        }
        match written(folder, &differ, &left) {
            Ok(()) => self.state = State::Written,
            Err(error) => {
                let message = format!("they cannot be written: {error}");
                self.problems.push(Problem::of_file(&self.file, message));
            }
        }
    }
}

/// The files that no source makes.
fn left(folder: &Path, made: &[(String, String)]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_json = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    let is_made = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        made.iter().any(|(made, _)| Some(made.as_str()) == name)
    };
    paths
        .filter(|path| is_json(path) && !is_made(path))
        .collect()
}

fn written(folder: &Path, files: &[&(String, String)], left: &[PathBuf]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in files {
        fs::write(folder.join(name), text)?;
    }
    left.iter().try_for_each(fs::remove_file)
}

impl fmt::Display for Boards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} (grafana: {})",
            self.state,
            self.file,
            self.sources.join(", ")
        )?;
        self.problems
            .iter()
            .try_for_each(|problem| write!(f, "\n  {}", problem.message))
    }
}
