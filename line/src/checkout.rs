//! Where things are: the checkout, its Python environment, and the functions' dev builds.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// The functions, by the name that package, binary and folder share.
pub const FUNCTIONS: [&str; 6] = [
    "event-processor",
    "metrics-publisher",
    "probe-runner",
    "slack-forwarder",
    "cost-reporter",
    "alarm-remediator",
];

/// A checkout of the project.
#[derive(Debug, Clone)]
pub struct Checkout {
    root: PathBuf,
    bootstraps: PathBuf,
}

impl Checkout {
    /// The checkout around the working directory; the functions' builds are beside the running program.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().context("there is no working directory")?;
        let program =
            std::env::current_exe().context("the path of the running program is unknown")?;
        Self::around(&here, &program)
    }

    fn around(here: &Path, program: &Path) -> Result<Self> {
        let root = here
            .ancestors()
            .find(|folder| folder.join("line/requirements.lock").is_file())
            .with_context(|| {
                format!(
                    "{} is not inside a checkout of Picket: run it there",
                    here.display()
                )
            })?;
        let folder = program
            .parent()
            .context("the running program has no folder")?;
        // A test's program lies one level deeper, in `deps`.
        let folder = if folder.ends_with("deps") {
            folder.parent().unwrap_or(folder)
        } else {
            folder
        };
        Ok(Self {
            root: root.to_owned(),
            bootstraps: folder.to_owned(),
        })
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A program of the Python environment that `make setup` makes.
    pub fn python_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join(".venv/bin").join(name);
        ensure!(
            path.is_file(),
            "the Python environment has no {name} ({} is not there): run `make setup`",
            path.display()
        );
        Ok(path)
    }

    /// The dev build of a function.
    pub fn bootstrap(&self, function: &str) -> Result<PathBuf> {
        let path = self.bootstraps.join(function);
        if !path.is_file() {
            bail!(
                "{function} is not built ({} is not there): run `cargo build --workspace`",
                path.display()
            );
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("line")).unwrap();
        std::fs::write(folder.path().join("line/requirements.lock"), "").unwrap();
        folder
    }

    #[test]
    fn a_checkout_is_found_from_any_folder_inside() {
        let folder = checkout();
        let inside = folder.path().join("line");
        let found = Checkout::around(&inside, Path::new("/t/debug/deps/line-1")).unwrap();
        assert_eq!(found.root(), folder.path());
        assert_eq!(found.bootstraps, Path::new("/t/debug"));
    }

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        let folder = checkout();
        let found = Checkout::around(folder.path(), Path::new("/t/debug/picket")).unwrap();
        let says = |error: anyhow::Error| error.to_string();
        assert!(says(found.python_program("sam").unwrap_err()).ends_with("run `make setup`"));
        assert!(
            says(found.bootstrap("event-processor").unwrap_err())
                .ends_with("run `cargo build --workspace`")
        );
        assert!(
            says(Checkout::around(Path::new("/"), Path::new("/t/picket")).unwrap_err())
                .contains("not inside a checkout")
        );
    }
}
