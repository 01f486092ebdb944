//! What to do after each answer to a post: pure, so that the handler only does it.

use std::{fmt, time::Duration};

use crate::blocks::Payload;

/// What came of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP answer.
    Answered {
        /// Its status.
        status: u16,
        /// `Retry-After`, where it is a number of seconds.
        retry_after: Option<Duration>,
        /// The beginning of its body.
        body: String,
    },
    /// None: no connection, or none in time. The sentence never holds the URL.
    Unanswered(String),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Slack has it.
    Delivered,
    /// Wait, then post again.
    Wait(Duration),
    /// Read the webhook's URL again, then post again: it may have been changed.
    ReadAgain,
    /// Post again at once: [`Delivery::body`] is now the plain form.
    Plain,
    /// Nothing more can be done in this invocation.
    GiveUp(Refusal),
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    cause: Cause,
    plain: bool,
}

/// What is told of an answer. Never its body as such, which may hold anything, the URL included.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    Status(u16, Option<String>),
    Unanswered(String),
}

/// A message on its way to one webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    payload: Payload,
    failures: u32,
    read_again: bool,
    plain: bool,
}

/// Posts that may fail for no fault of the message: the first, and two more. What lasts longer is for Lambda's own retries.
const POSTS: u32 = 3;
/// How long one post may take. Slack answers within a second; three that hang, and the pauses between them, still fit into the
/// function's thirty seconds.
pub const LONGEST_POST: Duration = Duration::from_secs(8);
/// The pause before the second post; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Slack allows about a message a second to a webhook, and says how long to wait; this is for an answer that does not.
const RATE_PAUSE: Duration = Duration::from_secs(1);

impl Delivery {
    /// A message that has not been posted yet.
    pub fn new(payload: Payload) -> Self {
        Self {
            payload,
            failures: 0,
            read_again: false,
            plain: false,
        }
    }

    /// What to post.
    pub fn body(&self) -> String {
        self.payload.to_json()
    }

    /// What to do after `answer`, with `remaining` of the invocation left.
    pub fn next(&mut self, answer: Answer, remaining: Duration) -> Next {
        match &answer {
            Answer::Answered {
                status: 200, body, ..
            } if body.trim() == "ok" => Next::Delivered,
            Answer::Answered {
                status: 429,
                retry_after,
                ..
            } => {
                let pause = retry_after.unwrap_or(RATE_PAUSE);
                self.pause(answer, pause, remaining)
            }
            Answer::Answered { status: 500.., .. } | Answer::Unanswered(_) => {
                self.pause(answer, FIRST_PAUSE * 2_u32.pow(self.failures), remaining)
            }
            // A webhook that was renewed: the parameter may hold the new one already.
            Answer::Answered {
                status: 401 | 403 | 404 | 410,
                ..
            } if !self.read_again => {
                self.read_again = true;
                Next::ReadAgain
            }
            // Slack finds fault with the form: the words alone may pass.
            Answer::Answered { status: 400, .. } if !self.plain => {
                self.plain = true;
                self.payload = self.payload.plain();
                Next::Plain
            }
            Answer::Answered { .. } => self.give_up(answer),
        }
    }

    fn pause(&mut self, answer: Answer, pause: Duration, remaining: Duration) -> Next {
        self.failures += 1;
        if self.failures < POSTS && pause < remaining {
            Next::Wait(pause)
        } else {
            self.give_up(answer)
        }
    }

    fn give_up(&self, answer: Answer) -> Next {
        let cause = match answer {
            Answer::Answered { status, body, .. } => Cause::Status(status, code(&body)),
            Answer::Unanswered(why) => Cause::Unanswered(why),
        };
        Next::GiveUp(Refusal {
            cause,
            plain: self.plain,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Unanswered(why) => write!(f, "Slack did not answer ({why}); it is tried again"),
            Cause::Status(status, None) => {
                write!(f, "Slack answered {status}; {}", self.remedy(*status))
            }
            Cause::Status(status, Some(code)) => write!(
                f,
                "Slack answered {status} {code}; {}",
                self.remedy(*status)
            ),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    fn remedy(&self, status: u16) -> &'static str {
        match status {
            200..=299 => {
                "which is not its \"ok\": see whether the URL is a Slack incoming webhook's"
            }
            400 if self.plain => {
                "even the plain form was refused: please report this with the event"
            }
            401 | 403 | 404 | 410 => {
                "the webhook is gone or forbidden: make a new one in Slack and put its URL into the parameter"
            }
            429 => {
                "it is limiting this webhook's rate, and there is no time left to wait; it is tried again"
            }
            500.. => "it is tried again",
            _ => "see whether the URL is a Slack incoming webhook's",
        }
    }
}

/// Slack's error code, where the body is one: `invalid_blocks`.
fn code(body: &str) -> Option<String> {
    let body = body.trim();
    let is_code = !body.is_empty()
        && body.len() <= 64
        && body
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_code.then(|| body.to_owned())
}

#[cfg(test)]
mod tests;
