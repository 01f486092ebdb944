//! The line's journal as it is written: a timeline with a spinner for the step under way, or plain lines where there is
//! no terminal.

use std::{fmt, future::Future, io, pin::pin, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use picket_line::journal::{Entry, Journal, LineEvent};
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use crate::{
    output::Output,
    style::{BAD, BOLD, FAINT, GOOD, RESET},
};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// Two lines of a terminal of the usual width.
const MOST_CHARACTERS: usize = 150;

/// Shows what is written into the journal while `play` runs, and what it ends with.
pub(crate) async fn follow<T>(
    journal: &Journal,
    play: impl Future<Output = T>,
    output: &mut Output<'_>,
) -> io::Result<T> {
    let spinner = Spinner::new(output.is_drawn());
    let (past, mut coming) = journal.follow();
    for entry in past {
        spinner.show(&entry, output)?;
    }
    let mut play = pin!(play);
    let ended = loop {
        tokio::select! {
            biased;
            entry = coming.recv() => match entry {
                Ok(entry) => spinner.show(&entry, output)?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => unreachable!("the journal is borrowed, and so are its writers"),
            },
            ended = &mut play => break ended,
        }
    };
    while let Ok(entry) = coming.try_recv() {
        spinner.show(&entry, output)?;
    }
    Ok(ended)
}

/// The step under way, at a terminal.
struct Spinner(Option<ProgressBar>);

impl Spinner {
    fn new(drawn: bool) -> Self {
        Self(drawn.then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .expect("the template is a constant that parses");
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(TICK);
            bar
        }))
    }

    fn show(&self, entry: &Entry, output: &mut Output<'_>) -> io::Result<()> {
        let Some(bar) = &self.0 else {
            return show(entry, output);
        };
        if let LineEvent::StepBegan { step } = &entry.event {
            bar.reset_elapsed();
            bar.set_message(step.clone());
            return Ok(());
        }
        bar.suspend(|| show(entry, output))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// As JSON every entry; for people, what can be read at the speed it comes.
fn show(entry: &Entry, output: &mut Output<'_>) -> io::Result<()> {
    let too_often = matches!(
        entry.event,
        LineEvent::Sent { .. } | LineEvent::Datapoints { .. }
    );
    if too_often && !output.is_json() {
        Ok(())
    } else {
        output.answer(&Shown(entry))
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown<'a>(&'a Entry);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.event {
            LineEvent::StepBegan { step } => write!(f, "  {FAINT}{step} …{RESET}"),
            LineEvent::StepSeen {
                step,
                seen,
                seconds,
            } => {
                let seen = short(seen);
                write!(
                    f,
                    "{GOOD}✓{RESET} {BOLD}{step}{RESET}: {seen} {FAINT}{seconds:.1} s{RESET}"
                )
            }
            LineEvent::StepMissed { step, reason } => {
                write!(f, "{BAD}✗{RESET} {BOLD}{step}{RESET}: {reason}")
            }
            other => write!(f, "  {}", short(&other.to_string())),
        }
    }
}

/// The first line, and no more of it than a glance takes in: the page and the JSON have the rest.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut kept: String = line.chars().take(MOST_CHARACTERS).collect();
    if kept.len() < text.trim_end().len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shown(events: Vec<LineEvent>) -> String {
        let journal = Journal::default();
        let mut text = Vec::new();
        let play = async {
            for event in events {
                journal.write(jiff::Timestamp::UNIX_EPOCH, event);
            }
        };
        follow(&journal, play, &mut Output::new(&mut text, std::io::sink()))
            .await
            .unwrap();
        anstream::adapter::strip_str(&String::from_utf8(text).unwrap()).to_string()
    }

    #[tokio::test]
    async fn steps_and_notes_have_a_line_in_order_and_traffic_has_none() {
        let step = || "Deploy".to_owned();
        let text = shown(vec![
            LineEvent::StepBegan { step: step() },
            LineEvent::Sent {
                events: 1,
                errors: 0,
                total: 1,
            },
            LineEvent::StepSeen {
                step: step(),
                seen: "5 functions".into(),
                seconds: 7.04,
            },
            LineEvent::Note {
                text: "hello".into(),
            },
            LineEvent::StepMissed {
                step: step(),
                reason: "no answer".into(),
            },
        ]);
        assert_eq!(
            text.await,
            "  Deploy …\n✓ Deploy: 5 functions 7.0 s\n  hello\n✗ Deploy: no answer\n"
        );
    }

    #[test]
    fn a_long_text_is_cut_where_it_says_so() {
        assert_eq!(short("one"), "one");
        assert_eq!(short("one\ntwo"), "one…");
        assert_eq!(short(&"ä".repeat(151)), format!("{}…", "ä".repeat(150)));
    }
}
