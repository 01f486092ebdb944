//! Which alarms the cases cover.

use std::{collections::BTreeMap, fmt};

use picket_alarms::cases::{Coverage, Subject, Suite};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use super::Tested;
use crate::{
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

/// The alarms of each template and all their cases: several files can test one template.
#[derive(Default)]
pub(super) struct Covered {
    pub(super) cases: usize,
    templates: BTreeMap<String, Template>,
}

#[derive(Default)]
struct Template {
    name: String,
    alarms: BTreeMap<String, Result<Subject, String>>,
    suites: Vec<Suite>,
    /// Whether a file of cases is there, whose parameters its alarms are read with.
    has_cases: bool,
}

impl Covered {
    pub(super) fn add(&mut self, tested: Tested) {
        let template = self.templates.entry(tested.template).or_default();
        template.name = tested.path;
        template.has_cases |= !tested.file.template.is_empty();
        for entry in tested.inventory.alarms {
            let subject = entry
                .subject
                .map_err(|error| ErrorChain(&error).to_string());
            // What one file's parameters leave unread another's may read.
            let known = template
                .alarms
                .entry(entry.id)
                .or_insert_with(|| subject.clone());
            if known.is_err() {
                *known = subject;
            }
        }
        template.suites.extend(tested.file.alarms);
    }

    pub(super) fn summary(&self) -> Summary {
        let mut summary = Summary {
            cases: self.cases,
            ..Summary::default()
        };
        for template in self.templates.values() {
            let read = template.alarms.iter().filter_map(|(id, subject)| {
                let subject = subject.as_ref().ok()?;
                Some((id.clone(), subject))
            });
            let coverage = Coverage::of(&read.collect(), &template.suites);
            let at = |ids: Vec<String>| {
                let name = &template.name;
                ids.into_iter()
                    .map(move |id| format!("{name}: {id}"))
                    .collect::<Vec<_>>()
            };
            summary.alarms += template.alarms.len();
            if !template.has_cases {
                summary
                    .untested
                    .extend(at(template.alarms.keys().cloned().collect()));
                continue;
            }
            summary.tested += coverage.tested.len();
            summary.supplied.extend(at(coverage.supplied));
            summary.untested.extend(at(coverage.untested));
            summary.never_fires.extend(at(coverage.never_fires));
            summary.never_silent.extend(at(coverage.never_silent));
            let unread = template.alarms.iter().filter_map(|(id, subject)| {
                let reason = subject.as_ref().err()?;
                Some(format!("{}: {id}: {reason}", template.name))
            });
            summary.unread.extend(unread);
        }
        summary
    }
}

/// The last value of a run.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    cases: usize,
    alarms: usize,
    /// Alarms with a case that fires and one that does not.
    tested: usize,
    /// The same, where cases supply what only AWS can compute.
    supplied: Vec<String>,
    untested: Vec<String>,
    never_fires: Vec<String>,
    never_silent: Vec<String>,
    /// Alarms that cannot be read.
    unread: Vec<String>,
}

impl Summary {
    /// Whether every alarm has a case that fires and one that does not.
    pub(super) fn is_whole(&self) -> bool {
        self.tested + self.supplied.len() == self.alarms
    }

    /// What is missing, and at which alarm: `FILE: LogicalId`.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let lists = [
            ("no case", &self.untested),
            ("fires in no case", &self.never_fires),
            ("fires in every case", &self.never_silent),
            ("cannot be read", &self.unread),
        ];
        let each = lists.into_iter();
        each.flat_map(|(what, list)| list.iter().map(move |alarm| (what, alarm.as_str())))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cases,
            alarms,
            tested,
            supplied,
            ..
        } = self;
        let whole = tested + supplied.len();
        for (what, alarm) in self.gaps() {
            writeln!(f, "{BAD}{what}{RESET} {}", Value(alarm))?;
        }
        for alarm in supplied {
            writeln!(f, "{FAINT}series of AWS supplied{RESET} {}", Value(alarm))?;
        }
        write!(
            f,
            "{BOLD}{cases} cases, {whole} of {alarms} alarms with one that fires and one that is silent{RESET}"
        )
    }
}
