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
    answer: Answer,
    plain: bool,
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
        Next::GiveUp(Refusal {
            answer,
            plain: self.plain,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, body) = match &self.answer {
            Answer::Answered { status, body, .. } => (*status, body.as_str()),
            Answer::Unanswered(why) => {
                return write!(f, "Slack did not answer ({why}); it is tried again");
            }
        };
        write!(
            f,
            "Slack answered {status}{}; {}",
            code(body),
            self.remedy(status)
        )
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

/// Slack's error code, where the body is one: ` invalid_blocks`. Any other body may hold anything, and is not shown.
fn code(body: &str) -> String {
    let body = body.trim();
    let is_code = !body.is_empty()
        && body.len() <= 64
        && body
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_code {
        format!(" {body}")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Draft, fit};

    const MINUTE: Duration = Duration::from_secs(60);

    fn delivery() -> Delivery {
        let draft = Draft {
            headline: "h".to_owned(),
            ..Draft::default()
        };
        Delivery::new(fit(draft))
    }

    fn answered(status: u16, body: &str) -> Answer {
        Answer::Answered {
            status,
            retry_after: None,
            body: body.to_owned(),
        }
    }

    fn limited(seconds: u64) -> Answer {
        Answer::Answered {
            status: 429,
            retry_after: Some(Duration::from_secs(seconds)),
            body: String::new(),
        }
    }

    fn seconds(seconds: f64) -> Next {
        Next::Wait(Duration::from_secs_f64(seconds))
    }

    #[test]
    fn only_ok_is_ok() {
        assert_eq!(
            delivery().next(answered(200, "ok"), MINUTE),
            Next::Delivered
        );
        assert_eq!(
            delivery().next(answered(200, "ok\n"), MINUTE),
            Next::Delivered
        );
        for answer in [
            answered(200, "<html>"),
            answered(204, ""),
            answered(302, ""),
            answered(418, ""),
        ] {
            assert!(matches!(delivery().next(answer, MINUTE), Next::GiveUp(_)));
        }
    }

    #[test]
    fn retry_after_is_honoured_within_the_deadline_and_never_beyond() {
        assert_eq!(delivery().next(limited(7), MINUTE), seconds(7.0));
        assert_eq!(delivery().next(answered(429, ""), MINUTE), seconds(1.0));
        for answer in [limited(60), limited(u64::MAX)] {
            assert!(matches!(delivery().next(answer, MINUTE), Next::GiveUp(_)));
        }
    }

    #[test]
    fn five_hundreds_and_silence_are_tried_three_times_in_all() {
        for answer in [
            answered(500, "rollup_error"),
            answered(503, ""),
            Answer::Unanswered("timed out".to_owned()),
        ] {
            let mut delivery = delivery();
            let steps: Vec<_> = (0..3)
                .map(|_| delivery.next(answer.clone(), MINUTE))
                .collect();
            assert_eq!(steps[..2], [seconds(0.5), seconds(1.0)]);
            assert!(
                matches!(&steps[2], Next::GiveUp(refusal) if refusal.to_string().ends_with("it is tried again"))
            );
        }
    }

    #[test]
    fn a_webhook_that_is_gone_is_looked_up_once() {
        for status in [401, 403, 404, 410] {
            let mut delivery = delivery();
            assert_eq!(
                delivery.next(answered(status, "no_service"), MINUTE),
                Next::ReadAgain
            );
            let Next::GiveUp(refusal) = delivery.next(answered(status, "no_service"), MINUTE)
            else {
                panic!("given up");
            };
            assert!(refusal.to_string().starts_with(&format!(
                "Slack answered {status} no_service; the webhook is gone"
            )));
        }
    }

    #[test]
    fn a_form_that_slack_refuses_goes_once_more_without_it() {
        let mut delivery = delivery();
        assert!(delivery.body().contains("blocks"));
        assert_eq!(
            delivery.next(answered(400, "invalid_blocks"), MINUTE),
            Next::Plain
        );
        assert!(!delivery.body().contains("blocks"), "{}", delivery.body());
        let Next::GiveUp(refusal) = delivery.next(answered(400, "no_text"), MINUTE) else {
            panic!("given up");
        };
        assert_eq!(
            refusal.to_string(),
            "Slack answered 400 no_text; even the plain form was refused: please report this with the event"
        );
    }

    #[test]
    fn a_body_that_is_no_code_is_not_shown() {
        let Next::GiveUp(refusal) = delivery().next(
            answered(418, "https://hooks.slack.com/services/T0/B0/secret"),
            MINUTE,
        ) else {
            panic!("given up");
        };
        assert!(!refusal.to_string().contains("secret"));
    }
}
