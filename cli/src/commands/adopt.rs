//! `picket adopt`: a workload's folder from the alarms, metric filters, dashboards and saved queries that an account has,
//! and what is wrong with the alarms.

mod account;
mod adopted;
mod answer;
pub(super) mod names;
mod others;
mod replaced;
mod template;
mod yaml;

use std::{collections::BTreeMap, fs, io, path::Path};

use jiff::Timestamp;

use self::{
    account::Account,
    adopted::{Adopted, adopt},
    answer::{AdoptedAlarm, Summary, UnreadAlarm},
    replaced::Replaced,
};
use crate::{
    arguments::{AdoptArguments, by_name},
    exit::Exit,
    input,
    output::Output,
    refusal::Refusal,
};

/// Runs the command. Exit status 2 where a file cannot be read, or the folder exists already.
pub(crate) async fn run(
    arguments: &AdoptArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let workload = arguments.name.as_str();
    let folder = arguments.into.join(workload);
    if folder.exists() {
        output.complain(format!(
            "{} exists already: choose another name, or remove it",
            folder.display()
        ))?;
        return Ok(Exit::Unreadable);
    }
    let (texts, mut exit) = if arguments.account {
        match of_account().await {
            Ok(texts) => (texts, Exit::Done),
            Err(reason) => {
                output.complain(reason)?;
                return Ok(Exit::Failed);
            }
        }
    } else {
        recorded(arguments, output)?
    };
    let parameters = by_name(&arguments.parameters);
    let files = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    let (account, refused) = Account::read(files, &parameters);
    for (path, reason) in refused {
        exit = exit.max(output.refuse(&Refusal::of_file(&path, reason))?);
    }
    let (alarms, unread) = adopt(&account, workload, &arguments.critical, now);
    for alarm in &alarms {
        output.answer(&AdoptedAlarm::of(alarm))?;
    }
    for (alarm, error) in &unread {
        output.answer(&UnreadAlarm { alarm, error })?;
    }
    if account.is_empty() {
        for note in &account.notes {
            output.complain(note)?;
        }
        output.complain("there is nothing to adopt")?;
        return Ok(exit.max(Exit::Failed));
    }
    let files = workload_files(workload, &alarms, &account, arguments.rules);
    write(&folder, &files)?;
    output.answer(&Summary::of(&alarms, &unread, &account, &folder, &files))?;
    Ok(exit)
}

/// Texts with the paths or names of what they are.
type Texts = Vec<(String, String)>;

fn recorded(arguments: &AdoptArguments, output: &mut Output<'_>) -> io::Result<(Texts, Exit)> {
    let (named, exit) = input::read_all(&arguments.files, output)?;
    let texts = named
        .into_iter()
        .map(|file| (file.path, String::from_utf8_lossy(&file.bytes).into_owned()));
    Ok((texts.collect(), exit))
}

/// The account's answers.
async fn of_account() -> Result<Texts, String> {
    let aws = crate::aws::config()
        .await
        .map_err(|fault| fault.to_string())?;
    let mut answers = vec![
        ("DescribeAlarms", crate::account::alarms(&aws).await?),
        (
            "DescribeMetricFilters",
            crate::account::metric_filters(&aws).await?,
        ),
        (
            "DescribeQueryDefinitions",
            crate::account::query_definitions(&aws).await?,
        ),
    ];
    let dashboards = crate::account::dashboards(&aws).await?;
    answers.extend(
        dashboards
            .into_iter()
            .map(|answer| ("GetDashboard", answer)),
    );
    let texts = answers.into_iter();
    Ok(texts
        .map(|(name, answer)| (name.to_owned(), answer.to_string()))
        .collect())
}

/// The files of the workload's folder, by name.
fn workload_files(
    workload: &str,
    alarms: &[Adopted<'_>],
    account: &Account,
    rules: bool,
) -> BTreeMap<&'static str, String> {
    let mut files = BTreeMap::new();
    let replaced = if rules {
        Replaced::of(account, alarms)
    } else {
        Replaced::default()
    };
    let has_resources =
        !alarms.is_empty() || !account.dashboards.is_empty() || !account.queries.is_empty();
    if has_resources {
        files.insert(
            "template.yaml",
            template::template(workload, alarms, account, &replaced),
        );
    }
    if !alarms.is_empty() {
        files.insert("alarms.test.yaml", others::tests(alarms, &replaced));
        files.insert("runbook.md", others::runbook(workload, alarms));
    }
    if rules && !account.filters.is_empty() {
        let rules = others::rules(workload, &account.filters, &replaced);
        files.insert("metrics.yaml", rules);
    }
    files
}

fn write(folder: &Path, files: &BTreeMap<&'static str, String>) -> io::Result<()> {
    if !files.is_empty() {
        fs::create_dir_all(folder)?;
    }
    for (name, text) in files {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
