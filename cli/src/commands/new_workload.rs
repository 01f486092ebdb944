//! `picket new-workload`: the folder of a workload that is complete, to be changed.

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
};

use picket_rules::outside;
use serde::Serialize;

use super::{adopt::names::logical_id, dashboards::Dashboards};
use crate::{
    arguments::NewWorkloadArguments,
    checkout,
    exit::Exit,
    output::Output,
    style::{FAINT, GOOD, RESET},
};

/// A workload named `orders`. Of another name it is the same, with that name.
const FILES: [(&str, &str); 9] = [
    (
        "metrics.yaml",
        include_str!("new_workload/orders/metrics.yaml"),
    ),
    (
        "template.yaml",
        include_str!("new_workload/orders/template.yaml"),
    ),
    (
        "alarms.test.yaml",
        include_str!("new_workload/orders/alarms.test.yaml"),
    ),
    (
        "dashboards/overview.yaml",
        include_str!("new_workload/orders/dashboards/overview.yaml"),
    ),
    ("events.md", include_str!("new_workload/orders/events.md")),
    (
        "events/orders.ndjson",
        include_str!("new_workload/orders/events/orders.ndjson"),
    ),
    ("runbook.md", include_str!("new_workload/orders/runbook.md")),
    (
        "requirements.md",
        include_str!("new_workload/orders/requirements.md"),
    ),
    (
        "example.yaml",
        include_str!("new_workload/orders/example.yaml"),
    ),
];

/// What was written.
#[derive(Debug, Serialize)]
struct Written {
    workload: String,
    folder: String,
    files: Vec<String>,
    #[serde(skip)]
    around: String,
}

/// Writes the folder. Exit status 2 where it is there, or where nothing says in which folder to make it.
pub(crate) fn run(arguments: &NewWorkloadArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let name = arguments.name.as_str();
    let Some(around) = arguments.at.clone().or_else(first_outside) else {
        output.complain(
            "name the folder of your workloads, outside the checkout: --at ../my-workloads, or \
             WORKLOADS=../my-workloads",
        )?;
        return Ok(Exit::Unreadable);
    };
    let folder = around.join(name);
    if let Some(sentence) = refused(name, &folder) {
        output.complain(sentence)?;
        return Ok(Exit::Unreadable);
    }
    let files = write(name, &folder)?;
    let dashboards = Dashboards::of(&folder, true);
    if !dashboards.is_valid() {
        output.answer(&dashboards)?;
        return Ok(Exit::Failed);
    }
    output.answer(&Written {
        workload: name.to_owned(),
        folder: folder.display().to_string(),
        files,
        around: around.display().to_string(),
    })?;
    Ok(Exit::Done)
}

fn first_outside() -> Option<PathBuf> {
    let named = env::var_os(outside::VARIABLE)?;
    let root = checkout::here().unwrap_or_default();
    outside::folders(&named, &root).into_iter().next()
}

/// Why the folder is not made.
fn refused(name: &str, folder: &Path) -> Option<String> {
    if folder.exists() {
        let folder = folder.display();
        return Some(format!(
            "{folder} exists already: choose another name, or remove it"
        ));
    }
    let root = checkout::here()?;
    let own = outside::of_checkout(&root);
    let own = own.get(name)?.display();
    Some(format!("{own} has this name already: choose another one"))
}

fn write(name: &str, folder: &Path) -> io::Result<Vec<String>> {
    let prefix = logical_id(name);
    let named = |text: &str| text.replace("orders", name).replace("Orders", &prefix);
    let mut files = Vec::new();
    for (file, text) in FILES {
        let file = named(file);
        let path = folder.join(&file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, named(text))?;
        files.push(file);
    }
    Ok(files)
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            workload,
            folder,
            files,
            around,
        } = self;
        let files = files.join(", ");
        write!(f, "{GOOD}written{RESET}   {folder}: {files}")?;
        write!(
            f,
            "\n{FAINT}Next: `export WORKLOADS={around}`, then `picket check`, `picket test`, `make demo ARGS='--workload \
             {workload}'`, and `make deploy`.{RESET}"
        )
    }
}
