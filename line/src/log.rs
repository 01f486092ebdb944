//! The end of a process's log, for the error that reports how the process ended.

use std::{fs, path::Path};

/// The last line of a log, and where the whole log is.
pub(crate) fn end(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    format!("{}; all of it is in {}", last_line(&text), log.display())
}

/// The last line that is not blank, without the colours of a terminal.
pub(crate) fn last_line(text: &str) -> String {
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    without_colours(line.unwrap_or("it printed nothing"))
        .trim()
        .to_owned()
}

/// The text without the colours of a terminal, which the logs of functions have: `ESC [ … m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let begin = parts.next().unwrap_or_default().to_owned();
    parts.fold(begin, |shown, part| {
        shown + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_skips_what_is_blank_and_drops_colours() {
        assert_eq!(last_line(""), "it printed nothing");
        assert_eq!(last_line("one\nport is taken\n\n"), "port is taken");
        assert_eq!(last_line("\u{1b}[32m INFO\u{1b}[0m ready\n"), "INFO ready");
    }

    #[test]
    fn the_end_of_a_log_names_its_file_which_may_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let shown = log.display();
        assert_eq!(
            end(&log),
            format!("it printed nothing; all of it is in {shown}")
        );
        fs::write(&log, "one\ntwo\n").unwrap();
        assert_eq!(end(&log), format!("two; all of it is in {shown}"));
    }
}
