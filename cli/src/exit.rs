//! How a command ended: one table of exit statuses for all commands.

use std::process::ExitCode;

/// How a command ended; a worse end hides a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// It did what was requested, and what it checked holds.
    Done,
    /// `picket filter` found no line that matches.
    NoMatch,
    /// What it checked does not hold, or AWS or the local line did not do what was requested.
    Failed,
    /// Input cannot be read or is not understood, or the command line makes no sense.
    Unreadable,
}

/// The table, as each command's `--help` and `docs/command-line.md` have it.
pub(crate) const TABLE: &str = "\
Exit status:
  0  done; what was checked holds
  1  a check failed, or AWS or the local line did not do what was requested
  2  input cannot be read or is not understood, or the arguments make no sense
  3  `picket filter`: no line matches";

impl Exit {
    /// The number.
    pub(crate) const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unreadable => 2,
            Self::NoMatch => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_status() {
        let ends = [Exit::Done, Exit::Failed, Exit::Unreadable, Exit::NoMatch];
        let numbers: Vec<String> = ends.map(|end| end.status().to_string()).to_vec();
        let lines = TABLE.lines().skip(1);
        let listed: Vec<&str> = lines
            .map(|line| line.trim().split(' ').next().unwrap())
            .collect();
        assert_eq!(listed, numbers);
    }

    #[test]
    fn a_worse_end_hides_a_better_one() {
        assert!(Exit::Done < Exit::NoMatch);
        assert!(Exit::NoMatch < Exit::Failed);
        assert!(Exit::Failed < Exit::Unreadable);
    }
}
