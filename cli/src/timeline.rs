//! The line's journal as it is written: a timeline with a spinner for the step under way, or plain lines where there is
//! no terminal.

use std::{collections::HashMap, fmt, future::Future, io, pin::pin, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use picket_line::journal::{Entry, Journal, LineEvent};
use picket_shared::alarm::State;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use crate::{
    output::Output,
    style::{BAD, BOLD, FAINT, GOOD, RESET},
};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// The most characters of a line where no terminal has a width: two lines of the usual one.
const MOST_CHARACTERS: usize = 150;
/// What a message's ellipsis and the mark of a step take.
const MARGIN: usize = 4;
/// The reason of an alarm that has had no data yet, such as all of a line that has just begun.
const NO_DATA: &str = "no datapoints were received";

/// Shows what is written into the journal while `play` runs, and what it ends with.
pub(crate) async fn follow<T>(
    journal: &Journal,
    play: impl Future<Output = T>,
    output: &mut Output<'_>,
) -> io::Result<T> {
    let mut spinner = Timeline::new(output.is_drawn());
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

/// What was shown, and the step under way at a terminal.
struct Timeline {
    spinner: Option<ProgressBar>,
    width: usize,
    /// The headline of each message in Slack, by channel and id.
    headlines: HashMap<(String, String), String>,
}

impl Timeline {
    fn new(drawn: bool) -> Self {
        let spinner = drawn.then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .expect("the template is a constant that parses");
            ProgressBar::new_spinner().with_style(style)
        });
        let columns = terminal_size::terminal_size().filter(|_| drawn);
        Self {
            spinner,
            width: columns.map_or(MOST_CHARACTERS, |(width, _)| {
                usize::from(width.0).saturating_sub(MARGIN)
            }),
            headlines: HashMap::new(),
        }
    }

    fn show(&mut self, entry: &Entry, output: &mut Output<'_>) -> io::Result<()> {
        if !output.is_json() && self.says_nothing(&entry.event) {
            return Ok(());
        }
        let shown = Shown(entry, self.width);
        let Some(bar) = &self.spinner else {
            return output.answer(&shown);
        };
        if let LineEvent::StepBegan { step } = &entry.event {
            bar.reset();
            bar.set_message(step.clone());
            // The end of a step ended it.
            bar.enable_steady_tick(TICK);
            return Ok(());
        }
        if matches!(
            entry.event,
            LineEvent::StepSeen { .. } | LineEvent::StepMissed { .. }
        ) {
            // No step is under way: nothing turns until the next begins.
            bar.finish_and_clear();
        }
        bar.suspend(|| output.answer(&shown))
    }
}

impl Timeline {
    /// Whether a person has no use for an entry: traffic, an alarm without data so far, an edit below the same headline.
    fn says_nothing(&mut self, event: &LineEvent) -> bool {
        match event {
            LineEvent::Sent { .. }
            | LineEvent::Datapoints { .. }
            | LineEvent::Alarms { .. }
            | LineEvent::Live { .. } => true,
            LineEvent::Alarm(alarm) => alarm.state == State::Ok && alarm.reason.contains(NO_DATA),
            LineEvent::Message {
                channel,
                ts,
                edited,
                payload,
                ..
            } => {
                let text = payload["text"].as_str().unwrap_or_default();
                let headline = text.lines().next().unwrap_or_default().to_owned();
                let message = (channel.clone(), ts.clone());
                let before = self.headlines.insert(message, headline.clone());
                *edited && before == Some(headline)
            }
            _ => false,
        }
    }
}

impl Drop for Timeline {
    fn drop(&mut self) {
        if let Some(bar) = &self.spinner {
            bar.finish_and_clear();
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown<'a>(&'a Entry, #[serde(skip)] usize);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(entry, width) = *self;
        match &entry.event {
            LineEvent::StepBegan { step } => write!(f, "  {FAINT}{step} …{RESET}"),
            LineEvent::StepSeen {
                step,
                seen,
                seconds,
            } => {
                let seen = short(seen, width);
                write!(
                    f,
                    "{GOOD}✓{RESET} {BOLD}{step}{RESET}: {seen} {FAINT}{seconds:.1} s{RESET}"
                )
            }
            LineEvent::StepMissed { step, reason } => {
                write!(f, "{BAD}✗{RESET} {BOLD}{step}{RESET}: {reason}")
            }
            other => write!(f, "  {}", short(&other.to_string(), width)),
        }
    }
}

/// The first line, and no more of it than a glance takes in: the page and the JSON have the rest.
fn short(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut kept: String = line.chars().take(most).collect();
    if kept.len() < text.trim_end().len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use picket_line::journal::AlarmState;

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
        assert_eq!(short("one", 150), "one");
        assert_eq!(short("one\ntwo", 150), "one…");
        assert_eq!(
            short(&"ä".repeat(151), 150),
            format!("{}…", "ä".repeat(150))
        );
    }

    #[tokio::test]
    async fn an_edit_below_the_same_headline_and_an_alarm_without_data_have_no_line() {
        let message = |text: &str, edited| LineEvent::Message {
            channel: "C1".into(),
            ts: "1.0".into(),
            thread: None,
            edited,
            payload: serde_json::json!({"text": text}),
            answer: "ok".into(),
        };
        let alarm = |state, reason: &str| {
            LineEvent::Alarm(AlarmState {
                name: "late".into(),
                watches: String::new(),
                metric: String::new(),
                statistic: String::new(),
                period: 60,
                threshold: 1.0,
                state,
                reason: reason.into(),
            })
        };
        let text = shown(vec![
            alarm(
                State::Ok,
                "Threshold Crossed: no datapoints were received for 1 period",
            ),
            alarm(State::Alarm, "no datapoints were received"),
            message("ALARM late\n3 of 3", false),
            message("ALARM late\n4 of 4", true),
            message("OK late\n0 of 4", true),
        ]);
        assert_eq!(
            text.await,
            "  alarm late is ALARM: no datapoints were received
  Slack, #C1: ALARM late…
  Slack, #C1, edited: OK late…
"
        );
    }
}
