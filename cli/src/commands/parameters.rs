//! `picket parameters`: the page of all templates' parameters, `docs/parameters.md`.

mod page;
mod template;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use picket_rules::Problem;
use serde::Serialize;

use self::template::Template;
use crate::{
    arguments::ParametersCommand,
    checkout,
    exit::Exit,
    output::Output,
    style::{BAD, GOOD, RESET},
};

/// The page, in a checkout.
const PAGE: &str = "docs/parameters.md";
/// The templates that are deployed by themselves.
const ROOTS: [&str; 3] = ["template.yaml", "service-events.yaml", "account.yaml"];

/// Runs a command of `picket parameters`.
pub(crate) fn run(command: ParametersCommand, output: &mut Output<'_>) -> io::Result<Exit> {
    let Some(root) = checkout::here() else {
        output.complain("this is not inside a checkout of Picket: run it there")?;
        return Ok(Exit::Unreadable);
    };
    let page = Page::of(&root, matches!(command, ParametersCommand::Write));
    output.answer(&page)?;
    Ok(if page.valid { Exit::Done } else { Exit::Failed })
}

/// The page, and whether it is what the templates give.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    file: String,
    format: &'static str,
    pub(crate) valid: bool,
    written: bool,
    parameters: usize,
    problems: Vec<Problem>,
}

impl Page {
    /// The page of a checkout, written where `writes`.
    pub(crate) fn of(root: &Path, writes: bool) -> Self {
        let path = root.join(PAGE);
        let file = path.display().to_string();
        let (mut parameters, mut written) = (0, false);
        let result = templates(root).and_then(|templates| {
            parameters = templates.iter().map(Template::count).sum();
            let text = page::text(&templates);
            if fs::read_to_string(&path).is_ok_and(|known| known == text) {
                Ok(())
            } else if writes {
                written = true;
                fs::write(&path, text).map_err(|error| format!("it cannot be written: {error}"))
            } else {
                Err("it is not what the templates give: run `picket parameters write`".to_owned())
            }
        });
        let problems: Vec<Problem> = result
            .err()
            .into_iter()
            .map(|message| Problem::of_file(&file, message))
            .collect();
        Self {
            file,
            format: "parameters",
            valid: problems.is_empty(),
            written,
            parameters,
            problems,
        }
    }
}

/// The templates of a checkout: those that are deployed, then those of the workloads, without what the root passes.
fn templates(root: &Path) -> Result<Vec<Template>, String> {
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| format!("{name} cannot be read: {error}"))?;
        Template::read(name, &text)
    };
    let roots: Vec<Template> = ROOTS
        .iter()
        .map(|name| read(root.join(name)))
        .collect::<Result<_, _>>()?;
    let paths = checkout::own_workloads(root).into_iter();
    let paths = paths
        .map(|folder| folder.join("template.yaml"))
        .filter(|path| path.is_file());
    let workloads: Vec<Template> = paths.map(read).collect::<Result<_, _>>()?;
    let own = workloads.into_iter().map(|workload| {
        let passed = roots
            .iter()
            .flat_map(|root| root.passed(&workload.name))
            .collect();
        workload.without(&passed)
    });
    let own: Vec<Template> = own.filter(|workload| workload.count() > 0).collect();
    Ok(roots.into_iter().chain(own).collect())
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            valid,
            written,
            parameters,
            problems,
            ..
        } = self;
        let (colour, word) = match (*valid, *written) {
            (true, true) => (GOOD, "written  "),
            (true, false) => (GOOD, "valid    "),
            (false, _) => (BAD, "not valid"),
        };
        write!(f, "{colour}{word}{RESET} {file} ({parameters} parameters)")?;
        problems
            .iter()
            .try_for_each(|problem| write!(f, "\n  {}", problem.message))
    }
}
