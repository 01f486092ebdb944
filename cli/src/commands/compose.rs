//! `picket compose`: the root template with the workloads outside the checkout in it.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use picket_line::compose::{self, Outside};
use serde::Serialize;

use crate::{
    arguments::ComposeArguments,
    checkout,
    exit::Exit,
    output::Output,
    style::{GOOD, RESET},
};

/// What was written.
#[derive(Debug, Serialize)]
struct Composed {
    template: String,
    workloads: Vec<String>,
}

/// Writes the templates. Exit status 1 where they cannot be made.
pub(crate) fn run(arguments: &ComposeArguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let Some(root) = checkout::here() else {
        output.complain("this is not inside a checkout of Picket: run it there")?;
        return Ok(Exit::Unreadable);
    };
    let into = arguments.into.clone();
    let into = into.unwrap_or_else(|| root.join("target/composed"));
    match written(&root, &into) {
        Ok(composed) => {
            output.answer(&composed)?;
            Ok(Exit::Done)
        }
        Err(sentence) => {
            output.complain(sentence)?;
            Ok(Exit::Failed)
        }
    }
}

fn written(root: &Path, into: &Path) -> Result<Composed, String> {
    let root = fs::canonicalize(checkout::named(root)).map_err(|error| error.to_string())?;
    let sentence = |error| format!("{error:#}");
    let workloads = Outside::all(&root).map_err(sentence)?;
    let template = into.join("template.yaml");
    let parts: [(&str, PathBuf); 2] = [
        ("template.yaml", template.clone()),
        (
            "functions/probe-runner/template.yaml",
            into.join("probe-runner.yaml"),
        ),
    ];
    fs::create_dir_all(into).map_err(|error| format!("{}: {error}", into.display()))?;
    for (source, path) in parts {
        let text = compose::of_checkout(&root, source, &workloads).map_err(sentence)?;
        let text = compose::located(&text, &root);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(Composed {
        template: template.display().to_string(),
        workloads: workloads
            .into_iter()
            .map(|workload| workload.name)
            .collect(),
    })
}

impl fmt::Display for Composed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            template,
            workloads,
        } = self;
        write!(f, "{GOOD}written{RESET}   {template}")?;
        match workloads.as_slice() {
            [] => f.write_str(": no workload is outside the checkout"),
            names => write!(f, ", with {}", names.join(", ")),
        }
    }
}
