//! The help of the commands.

use super::*;
use crate::exit;

/// The width of a terminal. Lines of examples that a terminal wraps are no shell commands any more.
const WIDTH: usize = 80;

fn leaves(command: &clap::Command, found: &mut Vec<clap::Command>) {
    if command.has_subcommands() {
        command
            .get_subcommands()
            .for_each(|each| leaves(each, found));
    } else {
        found.push(command.clone());
    }
}

#[test]
fn the_help_of_every_command_has_examples_that_parse_and_the_exit_statuses() {
    let mut found = Vec::new();
    leaves(&command(), &mut found);
    assert!(found.len() >= 30, "{}", found.len());
    for leaf in found {
        let name = leaf.get_name().to_owned();
        let help = leaf.get_after_help().unwrap().to_string();
        assert!(help.contains("Example"), "{name}");
        let width = help.lines().map(|line| line.chars().count()).max();
        assert!(
            width <= Some(WIDTH),
            "{name}: wrap the examples, or a terminal does: {help}"
        );
        assert!(help.ends_with(exit::TABLE), "{name}");
        for example in examples(&help) {
            let parsed = command().try_get_matches_from(&example);
            assert!(
                parsed.is_ok(),
                "{name}: {example:?}: {}",
                parsed.unwrap_err()
            );
        }
    }
}

/// The words of each `picket …` of a help, without shell's redirections.
fn examples(help: &str) -> Vec<Vec<String>> {
    let lines = help.replace("\\\n", " ");
    let commands = lines.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.rsplit_once("| ").map_or(line, |(_, last)| last);
        let line = line.split(" < ").next().unwrap_or(line);
        let line = line.split(" #").next().unwrap_or(line);
        line.starts_with("picket ").then(|| words(line))
    });
    commands.collect()
}

fn words(line: &str) -> Vec<String> {
    let line = line.split(" > ").next().unwrap_or(line);
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
