//! The past of the contributors of an alarm on the groups of a Metrics Insights query.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use picket_alarms::backtest::{Backtest, Contributor, Summary};
use serde::Serialize;

use super::counts::{Counts, Shown};
use crate::{
    style::{BAD, FAINT, GOOD, RESET},
    terminal::Value,
};

/// Contributors that are listed, and firings of each; `--json` has all.
const MOST_CONTRIBUTORS: usize = 20;
const MOST_FIRINGS: usize = 5;

/// All contributors.
#[derive(Debug, Serialize)]
pub(super) struct Contributors {
    /// Their counts, added up.
    #[serde(flatten)]
    counts: Counts,
    /// Those that were in ALARM at some time.
    were_in_alarm: usize,
    /// Those with the most pages first.
    each: Vec<Past>,
}

/// A contributor.
#[derive(Debug, Serialize)]
struct Past {
    /// The labels of its group.
    labels: BTreeMap<String, String>,
    #[serde(flatten)]
    counts: Counts,
    firings: Vec<Shown>,
}

impl Contributors {
    pub(super) fn of(backtest: &Backtest) -> Self {
        let end = backtest.end();
        let all = || backtest.contributors.iter();
        let sum: Summary = all().map(|one| one.summary(end)).sum();
        Self {
            counts: sum.into(),
            were_in_alarm: all().filter(|one| !one.firings.is_empty()).count(),
            each: all().map(|one| Past::of(one, end)).collect(),
        }
    }

    /// The counts of all, added up.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, end: Timestamp) -> fmt::Result {
        let style = if self.counts.pages == 0 { GOOD } else { BAD };
        write!(
            f,
            "\n  {} contributors, {} of them in ALARM at some time: {style}{}{RESET}",
            self.each.len(),
            self.were_in_alarm,
            self.counts
        )?;
        let fired = self.each.iter().filter(|one| !one.firings.is_empty());
        for one in fired.take(MOST_CONTRIBUTORS) {
            one.write(f, end)?;
        }
        if self.were_in_alarm > MOST_CONTRIBUTORS {
            write!(
                f,
                "\n    and {} more",
                self.were_in_alarm - MOST_CONTRIBUTORS
            )?;
        }
        Ok(())
    }
}

impl Past {
    fn of(contributor: &Contributor, end: Option<Timestamp>) -> Self {
        Self {
            labels: contributor.attributes.iter().cloned().collect(),
            counts: contributor.summary(end).into(),
            firings: contributor.firings.iter().map(Shown::of).collect(),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, end: Timestamp) -> fmt::Result {
        let pairs = self
            .labels
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let name = pairs.collect::<Vec<_>>().join(", ");
        write!(f, "\n    {}  {FAINT}{}{RESET}", Value(&name), self.counts)?;
        for firing in self.firings.iter().take(MOST_FIRINGS) {
            write!(f, "\n      ")?;
            firing.write(f, end)?;
        }
        if self.firings.len() > MOST_FIRINGS {
            write!(f, "\n      and {} more", self.firings.len() - MOST_FIRINGS)?;
        }
        Ok(())
    }
}
