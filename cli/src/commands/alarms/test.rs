//! `picket alarms test`.

mod checked;
mod covered;
mod failed;
mod find;
mod linked;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use picket_alarms::{
    cases::{self, CaseFile, Subject},
    inventory::Inventory,
};
use serde_json::Value;

pub(crate) use self::checked::check;

use self::{covered::Covered, failed::Outcome};
use super::sources;
use crate::{exit::Exit, output::Output, refusal::Refusal};

/// Runs the cases of the folders, or of the checkout's workloads.
pub(crate) fn run(folders: &[PathBuf], output: &mut Output<'_>) -> io::Result<Exit> {
    let found = match find::files(folders) {
        Ok(found) => found,
        Err(sentence) => {
            output.complain(sentence)?;
            return Ok(Exit::Unreadable);
        }
    };
    let (mut covered, mut exit) = (Covered::default(), Exit::Done);
    for path in &found {
        let tested = match Tested::read(path) {
            Ok(tested) => tested,
            Err(reason) => {
                let refusal = Refusal::of_file(&path.display().to_string(), reason);
                exit = exit.max(output.refuse(&refusal)?);
                continue;
            }
        };
        for outcome in tested.outcomes() {
            if !outcome.holds {
                exit = exit.max(Exit::Failed);
            }
            if output.is_json() || !outcome.holds {
                output.answer(&outcome)?;
            }
            covered.cases += 1;
        }
        covered.add(tested);
    }
    let summary = covered.summary();
    output.answer(&summary)?;
    let whole = if summary.is_whole() {
        Exit::Done
    } else {
        Exit::Failed
    };
    Ok(exit.max(whole))
}

/// A file of cases and the alarms of its template.
struct Tested {
    path: String,
    template: String,
    file: CaseFile,
    inventory: Inventory,
}

impl Tested {
    /// Reads cases, or a template that has none.
    fn read(path: &Path) -> Result<Self, String> {
        let text = sources::nested(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let (file, template) = if find::is_cases(path) {
            let file = cases::read_file(&text).map_err(|error| error.to_string())?;
            let template = folder.join(&file.template);
            (file, template)
        } else {
            let file = CaseFile {
                template: String::new(),
                parameters: BTreeMap::new(),
                alarms: Vec::new(),
            };
            (file, path.to_owned())
        };
        let written = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let parameters = file.parameters.iter();
        let parameters = parameters
            .map(|(name, value)| (name.clone(), written(value)))
            .collect();
        let name = template.display().to_string();
        let mut inventory = Inventory::default();
        inventory
            .add(
                &name,
                &sources::nested(&template)?,
                &parameters,
                &sources::nested,
            )
            .map_err(|reason| format!("{name}: {reason}"))?;
        Ok(Self {
            path: path.display().to_string(),
            template: fs::canonicalize(&template).map_or(name, |path| path.display().to_string()),
            file,
            inventory,
        })
    }

    fn outcomes(&self) -> impl Iterator<Item = Outcome> + '_ {
        self.file.alarms.iter().flat_map(move |suite| {
            let subject = self.subject(&suite.alarm);
            suite
                .cases
                .iter()
                .map(move |case| Outcome::of(&self.path, suite, case, subject.clone()))
        })
    }

    /// The alarm with a logical id, or the reason why there is none.
    fn subject(&self, id: &str) -> Result<&Subject, String> {
        let entry = self.inventory.alarms.iter().find(|entry| entry.id == id);
        let entry = entry.ok_or_else(|| format!("{} has no alarm {id}", self.file.template))?;
        entry
            .subject
            .as_ref()
            .map_err(|error| picket_shared::report::ErrorChain(error).to_string())
    }
}
