//! The one home of printing: answers to stdout, complaints to stderr. What is printed passes through
//! [`crate::terminal`], so that no control character of the input reaches a terminal.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
};

use serde::Serialize;

use crate::{
    exit::Exit,
    refusal::Refusal,
    style::{FAINT, RESET},
    terminal,
};

/// Where a command writes, and in which form.
pub struct Output<'a> {
    answers: Box<dyn Write + 'a>,
    complaints: Box<dyn Write + 'a>,
    json: bool,
    terminal: bool,
}

impl Output<'static> {
    /// The process's own streams. Colours are removed where the stream is no terminal.
    pub fn terminal() -> Self {
        Self {
            answers: Box::new(anstream::stdout()),
            complaints: Box::new(anstream::stderr()),
            json: false,
            terminal: io::stdout().is_terminal() && io::stderr().is_terminal(),
        }
    }
}

impl<'a> Output<'a> {
    /// Any two writers; not a terminal.
    pub fn new(answers: impl Write + 'a, complaints: impl Write + 'a) -> Self {
        Self {
            answers: Box::new(answers),
            complaints: Box::new(complaints),
            json: false,
            terminal: false,
        }
    }

    /// Answers as JSON from here on, one value a line.
    pub(crate) fn use_json(&mut self, json: bool) {
        self.json = json;
    }

    /// Whether answers are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress is drawn for a person at the terminal.
    pub(crate) fn is_drawn(&self) -> bool {
        self.terminal && !self.json
    }

    /// An answer: a line of JSON, or its `Display`.
    pub(crate) fn answer(&mut self, answer: &(impl Serialize + Display)) -> io::Result<()> {
        if self.json {
            let answer = serde_json::to_string(answer)?;
            writeln!(self.answers, "{}", terminal::json(&answer))
        } else {
            let answer = format!("{answer}");
            writeln!(self.answers, "{}", terminal::written(&answer))
        }
    }

    /// Input that is not understood: an answer, and the exit status of it.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) -> io::Result<Exit> {
        self.answer(refusal)?;
        Ok(Exit::Unreadable)
    }

    /// A sentence about how the answers come about, beside them.
    pub(crate) fn note(&mut self, sentence: impl Display) -> io::Result<()> {
        let note = format!("{FAINT}{sentence}{RESET}");
        writeln!(self.complaints, "{}", terminal::written(&note))
    }

    /// The output of clap: help and version are answers, the rest complaints, which quote the arguments and have no
    /// styles.
    pub(crate) fn usage(&mut self, usage: &clap::Error) -> io::Result<()> {
        if usage.use_stderr() {
            let complaint = usage.render().to_string();
            write!(self.complaints, "{}", terminal::written(&complaint))
        } else {
            write!(self.answers, "{}", usage.render().ansi())
        }
    }

    /// A sentence about what could not be done.
    pub(crate) fn complain(&mut self, sentence: impl Display) -> io::Result<()> {
        let complaint = format!("picket: {sentence}");
        writeln!(self.complaints, "{}", terminal::written(&complaint))
    }
}
