//! `picket completions` and `picket manual`: what a shell and `man` know of the commands.

use std::{fmt, fs, io, path::Path};

use clap_complete::Shell;
use clap_mangen::Man;
use serde::Serialize;

use crate::{arguments, exit::Exit, output::Output};

/// The program's name.
const NAME: &str = "picket";

/// A script of a shell.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Script(String);

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

/// Prints the completions.
pub(crate) fn completions(shell: Shell, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut arguments::command(), NAME, &mut script);
    output.answer(&Script(String::from_utf8_lossy(&script).into_owned()))?;
    Ok(Exit::Done)
}

/// Writes the manual pages. Exit status 1 where they cannot be written.
pub(crate) fn write(folder: &Path, output: &mut Output<'_>) -> io::Result<Exit> {
    let written = fs::create_dir_all(folder).and_then(|()| {
        pages()
            .into_iter()
            .try_for_each(|(name, page)| fs::write(folder.join(name), page))
    });
    match written {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            output.complain(format_args!("{}: {error}", folder.display()))?;
            Ok(Exit::Failed)
        }
    }
}

/// The pages by the names of their files.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut command = arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages);
    pages
}

/// A page is named like the whole command, `picket-alarms-list.1`, so that `man` finds it.
fn collect(command: &clap::Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    if man.render(&mut page).is_ok() {
        pages.push((man.get_filename(), page));
    }
    for child in command.get_subcommands() {
        collect(child, pages);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_page_with_its_options_and_exit_status() {
        let pages = pages();
        let page = |name: &str| {
            let found = pages.iter().find(|(file, _)| file == name);
            String::from_utf8(found.unwrap().1.clone()).unwrap()
        };
        assert!(
            page("picket.1").contains("picket\\-drill"),
            "{}",
            page("picket.1")
        );
        assert!(page("picket-drill.1").contains("even\\-disabled"));
        assert!(page("picket-alarms-backtest.1").contains("a check failed"));
    }

    #[test]
    fn completions_name_the_commands_and_options() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut answers = Vec::new();
            completions(shell, &mut Output::new(&mut answers, io::sink())).unwrap();
            let script = String::from_utf8(answers).unwrap();
            assert!(
                script.contains("even-disabled") && script.contains("quarantine"),
                "{shell}"
            );
        }
    }
}
