//! `picket silence`: the forwarder's silences, in a deployed stack's Alerts table.

use std::{collections::BTreeMap, fmt, io};

use jiff::{SignedDuration, Timestamp};
use picket_aws::{
    Fault,
    silences::{Silences, Written},
};
use picket_rules::{Problems, routes::Silence};
use picket_shared::report::ErrorChain;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    arguments::SilenceAction,
    exit::Exit,
    output::Output,
    stack,
    style::{BAD, BOLD, FAINT, RESET},
};

/// A silence of the table, and its state.
#[derive(Debug, Serialize)]
struct SilenceStatus {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<Value>,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Active,
    Over,
    Removed,
    Unreadable,
}

/// A silence to add.
struct NewSilence<'a> {
    name: &'a str,
    matches: &'a [String],
    lasts: Option<SignedDuration>,
    until: Option<Timestamp>,
    reason: &'a str,
    author: &'a str,
}

/// Runs the command. Exit status 1 where the table cannot be reached or there is no such silence, 2 where the silence
/// makes no sense.
pub(crate) async fn run(
    action: SilenceAction,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    match action {
        SilenceAction::Add {
            name,
            stack,
            matches,
            lasts,
            until,
            reason,
            author,
        } => {
            let new_silence = NewSilence {
                name: &name,
                matches: &matches,
                lasts: lasts.map(|lasts| lasts.0),
                until,
                reason: &reason,
                author: &author,
            };
            match new_silence.written(now) {
                Ok((written, silence)) => {
                    let put = put(&stack, &written, &silence).await;
                    answer(put.map(|()| vec![SilenceStatus::of(&written, now)]), output)
                }
                Err(problem) => {
                    output.complain(problem)?;
                    Ok(Exit::Unreadable)
                }
            }
        }
        SilenceAction::List { stack } => {
            let lines: Result<Vec<_>, Fault> = list(&stack)
                .await
                .map(|all| all.iter().map(|one| SilenceStatus::of(one, now)).collect());
            if lines.as_ref().is_ok_and(Vec::is_empty) {
                output.note("the stack has no silences; routes.yaml may have some")?;
            }
            answer(lines, output)
        }
        SilenceAction::Remove { name, stack } => match remove(&stack, &name).await {
            Ok(false) => {
                output.complain(format!("there is no silence {name}"))?;
                Ok(Exit::Failed)
            }
            removed => answer(removed.map(|_| vec![SilenceStatus::removed(name)]), output),
        },
    }
}

async fn silences(stack: &str) -> Result<Silences, Fault> {
    let (aws, table) = stack::named(stack, "AlertsTable").await?;
    Ok(Silences::new(aws_sdk_dynamodb::Client::new(&aws), &table))
}

async fn put(stack: &str, written: &Written, silence: &Silence) -> Result<(), Fault> {
    silences(stack).await?.put(written, silence.until).await
}

async fn list(stack: &str) -> Result<Vec<Written>, Fault> {
    silences(stack).await?.list().await
}

async fn remove(stack: &str, name: &str) -> Result<bool, Fault> {
    silences(stack).await?.remove(name).await
}

fn answer(lines: Result<Vec<SilenceStatus>, Fault>, output: &mut Output<'_>) -> io::Result<Exit> {
    match lines {
        Ok(lines) => {
            for line in lines {
                output.answer(&line)?;
            }
            Ok(Exit::Done)
        }
        Err(fault) => {
            output.complain(ErrorChain(&fault))?;
            Ok(Exit::Failed)
        }
    }
}

impl NewSilence<'_> {
    /// The silence as the table keeps it, checked as the forwarder will read it.
    fn written(&self, now: Timestamp) -> Result<(Written, Silence), String> {
        let until = match (self.until, self.lasts) {
            (Some(until), _) => until,
            (None, Some(lasts)) => now
                .checked_add(lasts)
                .map_err(|error| format!("--for: {error}"))?,
            (None, None) => return Err("say how long: --for or --until".to_owned()),
        };
        if until <= now {
            return Err(format!("it would be over already: {until}"));
        }
        let text =
            json!({"name": self.name, "match": matching(self.matches)?, "until": until.to_string(),
            "reason": self.reason, "author": self.author})
            .to_string();
        let silence = Silence::parse(&format!("silence {}", self.name), &text).map_err(
            |Problems(problems)| {
                let said: Vec<String> = problems.into_iter().map(|each| each.message).collect();
                said.join("; ")
            },
        )?;
        let written = Written {
            name: self.name.to_owned(),
            text,
        };
        Ok((written, silence))
    }
}

/// `alarm=a`, `alarm=b`, `tags.team=x` as a `match` of a route.
fn matching(pairs: &[String]) -> Result<Value, String> {
    let mut plain: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut named: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for pair in pairs {
        let (name, pattern) = pair
            .split_once('=')
            .ok_or_else(|| format!("--match {pair}: write NAME=PATTERN, such as alarm=orders-*"))?;
        let values = match name.split_once('.') {
            Some((kind, name)) => named.entry(kind).or_default().entry(name).or_default(),
            None => plain.entry(name).or_default(),
        };
        values.push(pattern);
    }
    let plain = plain
        .into_iter()
        .map(|(name, values)| (name.to_owned(), json!(values)));
    let named = named
        .into_iter()
        .map(|(name, values)| (name.to_owned(), json!(values)));
    Ok(Value::Object(plain.chain(named).collect()))
}

impl SilenceStatus {
    fn of(written: &Written, now: Timestamp) -> Self {
        let name = written.name.clone();
        match Silence::parse(&format!("silence {name}"), &written.text) {
            Ok(silence) => Self {
                name,
                said: serde_json::from_str(&written.text).ok(),
                state: if silence.until > now {
                    State::Active
                } else {
                    State::Over
                },
                error: None,
            },
            Err(problems) => Self {
                name,
                said: None,
                state: State::Unreadable,
                error: Some(problems.to_string()),
            },
        }
    }

    const fn removed(name: String) -> Self {
        Self {
            name,
            said: None,
            state: State::Removed,
            error: None,
        }
    }
}

impl fmt::Display for SilenceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colour = if self.state == State::Unreadable {
            BAD
        } else {
            FAINT
        };
        let state = format!("{:?}", self.state).to_lowercase();
        write!(f, "{BOLD}{}{RESET}: {colour}{state}{RESET}", self.name)?;
        if let Some(said) = &self.said {
            let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
            let (until, author, reason) = (text("until"), text("author"), text("reason"));
            write!(
                f,
                " until {until}, by {author}: {reason}\n  {}",
                said["match"]
            )?;
        }
        if let Some(error) = &self.error {
            write!(f, ", silences nothing: {error}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
