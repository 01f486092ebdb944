//! The next action after each answer to a post. Pure.

use std::{fmt, time::Duration};

use crate::sinks::{Answer, Posted, Service, Verdict};

/// The next action after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// The service has it; a Slack channel's message has an identity.
    Delivered(Option<Posted>),
    /// Wait, then post again.
    Wait(Duration),
    /// Read the secret again, then post again: it may have been changed.
    ReadAgain,
    /// Post again at once in the plain form.
    Plain,
    /// Nothing more can be done in this invocation.
    GiveUp(Refusal),
}

/// The reason why a service did not accept a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    service: Service,
    cause: Cause,
    plain: bool,
    transient: bool,
}

/// The part of an answer that is reported. Never its whole body, which may hold anything, the URL included.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    Status(u16, Option<String>),
    Unanswered(String),
}

/// A message on its way to one sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempts {
    service: Service,
    failures: u32,
    read_again: bool,
    plain: bool,
}

/// Posts that may fail for no fault of the message: the first, and two more. What lasts longer is for Lambda's own
/// retries.
const POSTS: u32 = 3;
/// How long one post may take. Slack answers within a second; three that hang, and the pauses between them, still fit
/// into the function's thirty seconds.
pub(crate) const LONGEST_POST: Duration = Duration::from_secs(8);
/// The pause before the second post; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Left for the post after a pause: Slack answers within a second, and a post that is cut off before may be taken all
/// the same.
const SHORTEST_POST: Duration = Duration::from_secs(1);

impl Attempts {
    /// A message that has not been posted yet.
    pub(crate) fn new(service: Service) -> Self {
        Self {
            service,
            failures: 0,
            read_again: false,
            plain: false,
        }
    }

    /// Whether to post the least that can be said.
    pub(crate) fn is_plain(self) -> bool {
        self.plain
    }

    /// The next step after `answer`, with `remaining` of the invocation left.
    pub(crate) fn next(&mut self, answer: Answer, remaining: Duration) -> Next {
        match self.service.verdict(&answer) {
            Verdict::Taken(posted) => Next::Delivered(posted),
            Verdict::Limited(pause) => self.pause(answer, pause, remaining),
            Verdict::Transient => {
                self.pause(answer, FIRST_PAUSE * 2_u32.pow(self.failures), remaining)
            }
            // A secret that was renewed: the parameter may hold the new one already.
            Verdict::Stale if !self.read_again => {
                self.read_again = true;
                Next::ReadAgain
            }
            // The service finds fault with the form: the words alone may pass.
            Verdict::Misformed if !self.plain => {
                self.plain = true;
                Next::Plain
            }
            Verdict::Stale | Verdict::Misformed | Verdict::Final => self.give_up(answer, false),
        }
    }

    fn pause(&mut self, answer: Answer, pause: Duration, remaining: Duration) -> Next {
        self.failures += 1;
        if self.failures < POSTS && pause.saturating_add(SHORTEST_POST) <= remaining {
            Next::Wait(pause)
        } else {
            self.give_up(answer, true)
        }
    }

    fn give_up(self, answer: Answer, transient: bool) -> Next {
        let cause = match answer {
            Answer::Answered { status, body, .. } => {
                Cause::Status(status, self.service.error_code(&body))
            }
            Answer::Unanswered(why) => Cause::Unanswered(why),
        };
        Next::GiveUp(Refusal {
            service: self.service,
            cause,
            plain: self.plain,
            transient,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.service.name();
        match &self.cause {
            Cause::Unanswered(why) => write!(f, "{who} did not answer ({why}); it is tried again"),
            Cause::Status(status, code) => {
                write!(f, "{who} answered {status}")?;
                if let Some(code) = code {
                    write!(f, " {code}")?;
                }
                write!(
                    f,
                    "; {}",
                    self.service.remedy(*status, self.plain, self.transient)
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// Whether the same request may be taken later.
    pub fn is_transient(&self) -> bool {
        self.transient
    }
}

#[cfg(test)]
mod tests;
