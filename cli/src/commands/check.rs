//! `picket check`: whether rules, probes, routes, playbooks, prices, alarms' cases and dashboards are valid, and where
//! not.

mod namespaces;
mod subjects;

use std::{fmt, io, path::Path};

use jiff::Timestamp;
use picket_rules::{
    Problem,
    check::{Format, across, check_file},
    health,
    metrics::{self, Ceiling, MetricRules},
    overrides,
    playbooks::{self, Playbooks, Tag},
    prices, probes,
    routes::{self, Routes},
};
use serde::Serialize;

use self::subjects::Subjects;
use super::{
    alarms,
    dashboards::{Boards, Dashboards},
    parameters::Page,
};
use crate::{
    arguments::CheckArguments,
    checkout,
    exit::Exit,
    input::{self, Encoding, Named},
    output::Output,
    refusal::Refusal,
    style::{BAD, FAINT, GOOD, RESET},
    terminal::Value,
};

/// The files that are compiled into the functions, beside the workloads' rules and probes, and the prices.
const BUILT_IN: [(&str, &str); 2] = [
    (
        "functions/slack-forwarder/routes.yaml",
        include_str!("../../../functions/slack-forwarder/routes.yaml"),
    ),
    (
        "functions/alarm-remediator/playbooks.yaml",
        include_str!("../../../functions/alarm-remediator/playbooks.yaml"),
    ),
];

/// The result of checking a file.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    format: &'static str,
    valid: bool,
    problems: Vec<Problem>,
    /// What is valid and probably not as it was meant: patterns of metric rules, silences that are over, tags that the
    /// remediator's role does not name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// The monthly cost of each metric rule at its ceiling of series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ceilings: Vec<Ceiling>,
}

/// Checks the files; without, those of the checkout around the working directory, or what is built in where there is
/// none. Exit status 1 where a file is not valid, or would be refused as an override where that is requested; 2 where a
/// file was not checked.
pub(crate) fn run(
    arguments: &CheckArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let CheckArguments { as_override, files } = arguments;
    let as_override = *as_override;
    let checkout = checkout::here();
    let subjects = match (&checkout, files.is_empty()) {
        (_, false) => Subjects::of_files(files),
        (Some(root), true) => Subjects::of_checkout(root),
        (None, true) => Subjects::default(),
    };
    let (read, mut exit) = if files.is_empty() && checkout.is_none() {
        output.note("this is not inside a checkout: checking what is built in")?;
        (built_in(), Exit::Done)
    } else {
        input::read_all(&subjects.configurations, output)?
    };
    let check = if as_override {
        overrides::check
    } else {
        check_file
    };
    exit = exit.max(configurations(&read, check, as_override, now, output)?);
    exit = exit.max(others(&subjects, output)?);
    if let (Some(root), true) = (&checkout, files.is_empty()) {
        let page = Page::of(root, false);
        exit = exit.max(failed_unless(page.valid));
        output.answer(&page)?;
    }
    Ok(exit)
}

/// Checks what is no configuration: cases of alarms, and dashboards; and names what nothing reads.
fn others(subjects: &Subjects, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut exit = Exit::Done;
    for refusal in &subjects.refused {
        exit = exit.max(output.refuse(refusal)?);
    }
    for result in alarms::test::check(&subjects.cases) {
        exit = exit.max(match result {
            Ok(cases) => {
                output.answer(&cases)?;
                failed_unless(cases.valid)
            }
            Err(refusal) => output.refuse(&refusal)?,
        });
    }
    for folder in &subjects.dashboards {
        let dashboards = Dashboards::of(folder, false);
        exit = exit.max(failed_unless(dashboards.is_valid()));
        output.answer(&dashboards)?;
        if Boards::has(folder) {
            let boards = Boards::of(folder, false);
            exit = exit.max(failed_unless(boards.is_valid()));
            output.answer(&boards)?;
        }
    }
    Ok(exit)
}

const fn failed_unless(valid: bool) -> Exit {
    if valid { Exit::Done } else { Exit::Failed }
}

/// Checks configurations, each alone and all together.
fn configurations(
    read: &[Named],
    check: fn(&str, &str) -> Vec<Problem>,
    as_override: bool,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let texts = read.iter().filter_map(|named| {
        let text = named.text().ok()?;
        Some((named.path.as_str(), text))
    });
    let mut others = across(texts.clone());
    if !as_override {
        // An override has the namespaces of the rules that it replaces.
        others.extend(texts.flat_map(|(path, text)| {
            let root = checkout::around(Path::new(path));
            root.map_or_else(Vec::new, |root| namespaces::problems(&root, path, text))
        }));
    }
    let mut exit = Exit::Done;
    for named in read {
        exit = exit.max(match checked(named, check, &others, now) {
            Ok(checked) => {
                output.answer(&checked)?;
                failed_unless(checked.valid)
            }
            Err(refusal) => output.refuse(&refusal)?,
        });
    }
    Ok(exit)
}

fn built_in() -> Vec<Named> {
    let named = |(path, text): &(&str, &str)| Named {
        path: (*path).to_owned(),
        bytes: (*text).into(),
        encoding: Encoding::Utf8,
    };
    let rules = metrics::BUILT_IN.iter();
    rules
        .chain(probes::BUILT_IN)
        .chain(health::BUILT_IN)
        .chain(&BUILT_IN)
        .chain([&prices::BUILT_IN])
        .map(named)
        .collect()
}

/// Checks a file, alone and beside the others.
fn checked(
    named: &Named,
    check: fn(&str, &str) -> Vec<Problem>,
    across: &[Problem],
    now: Timestamp,
) -> Result<Checked, Refusal> {
    let file = named.path.as_str();
    let text = named
        .text()
        .map_err(|error| Refusal::of_file(file, error))?;
    let mut problems = check(file, text);
    let beside = across.iter().filter(|problem| problem.file == file);
    problems.extend(beside.cloned());
    let Some(format) = Format::of(file, text) else {
        let messages: Vec<_> = problems
            .into_iter()
            .map(|problem| problem.message)
            .collect();
        return Err(Refusal::of_file(file, messages.join("; ")));
    };
    let rules = (format == Format::Metrics).then(|| metrics::parse(file, text));
    let rules = rules.and_then(Result::ok);
    let routes = (format == Format::Routes).then(|| routes::parse(file, text));
    let routes = routes.and_then(Result::ok);
    let of_rules = rules.iter().flat_map(warnings);
    let of_routes = routes.iter().flat_map(|routes| over(routes, now));
    let playbooks = (format == Format::Playbooks).then(|| playbooks::parse(file, text));
    let playbooks = playbooks.and_then(Result::ok);
    let of_playbooks = playbooks.iter().flat_map(other_tags);
    let warnings = of_rules.chain(of_routes).chain(of_playbooks).collect();
    let ceilings = rules.as_ref().map(MetricRules::ceilings);
    Ok(Checked {
        file: file.to_owned(),
        format: format.as_str(),
        valid: problems.is_empty(),
        problems,
        warnings,
        ceilings: ceilings.unwrap_or_default(),
    })
}

fn warnings(rules: &MetricRules) -> Vec<String> {
    let patterns = rules.rules.iter().map(|rule| &rule.pattern);
    let warnings = patterns.flat_map(|pattern| {
        let warnings = pattern.warnings().into_iter();
        warnings.map(move |warning| format!("`{pattern}`: {warning}"))
    });
    warnings.collect()
}

fn over(routes: &Routes, now: Timestamp) -> Vec<String> {
    let over = routes.over(now);
    over.map(|silence| {
        let (name, until) = (&silence.name, silence.until);
        format!("the silence {name} is over since {until} and holds nothing: remove it")
    })
    .collect()
}

/// Playbooks for resources with another tag than the one on which the remediator's role depends.
fn other_tags(playbooks: &Playbooks) -> Vec<String> {
    let others = playbooks
        .all()
        .iter()
        .filter(|playbook| !playbook.allow_tag.is_of_role());
    others
        .map(|playbook| {
            let (tag, (key, value)) = (&playbook.allow_tag, Tag::OF_ROLE);
            format!(
                "{}: the remediator's role names the tag {key}={value}, so that a resource needs both that and {}={}",
                playbook.name, tag.key, tag.value
            )
        })
        .collect()
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            format,
            problems,
            warnings,
            ceilings,
            valid,
        } = self;
        if *valid {
            write!(f, "{GOOD}valid{RESET}     {file} ({format})")?;
            for warning in warnings {
                write!(f, "\n  {BAD}warning{RESET} {}", Value(warning))?;
            }
            for ceiling in ceilings {
                write!(f, "\n  {FAINT}at most{RESET} {ceiling}")?;
            }
            return Ok(());
        }
        write!(f, "{BAD}not valid{RESET} {file} ({format})")?;
        for problem in problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}
