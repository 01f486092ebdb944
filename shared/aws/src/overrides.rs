//! What an operator puts into S3 in place of what is compiled in.
//!
//! The functions ask at their first use, and again by `ETag` when [`REVALIDATE_EVERY`] is over. What is broken or
//! cannot be reached is said loudly, and the last good one serves on, or what is compiled in: never does an invocation
//! fail for it.

mod bucket;
mod held;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use picket_rules::Problems;
use picket_shared::report::ErrorChain;

use crate::Fault;

pub use bucket::OverrideBucket;
pub use held::{Held, ReadOverrides, Revalidate};
pub use rules::RuleOverrides;

/// How long what was read is taken for the newest. Who changes something at night sees it within the minute, publishing
/// included; a sandbox that works without a pause asks 86,400 times a month for each object, which is 3.5 cents.
pub const REVALIDATE_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What is asked of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The object's key after the stack's prefix.
    pub object: String,
    /// The `ETag` of what is known of it.
    pub known: Option<String>,
}

/// What the bucket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No such object, or overrides are off.
    Nothing,
    /// What is known.
    Same,
    /// Something else.
    New(Object),
}

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Where it is, as messages name it: `s3://…`.
    pub file: String,
    /// Its `ETag`.
    pub etag: String,
    /// What it says.
    pub text: String,
}

/// The bucket's answers, one a question and in their order.
pub type Answers = Vec<Result<Found, Fault>>;

/// The parser of an override's text: the built-in value, the file's name for messages, and the text.
pub type Parse<T> = fn(&T, &str, &str) -> Result<T, Problems>;

/// A built-in value and the object in S3 that replaces it.
#[derive(Debug, Clone)]
pub struct Override<T> {
    object: String,
    parse: Parse<T>,
    built_in: Arc<T>,
    in_force: Arc<T>,
    /// Of the object that was read last, whether it is in force or broken.
    etag: Option<String>,
    /// The reason why that object is not in force.
    broken: Option<String>,
    /// The reason why the bucket could not be read the last time.
    unreachable: Option<String>,
    asked_at: Option<Timestamp>,
}

impl<T: Clone> Override<T> {
    /// Creates an override whose object has not been read yet: the built-in value is in force.
    pub fn new(object: impl Into<String>, built_in: T, parse: Parse<T>) -> Self {
        let built_in = Arc::new(built_in);
        Self {
            object: object.into(),
            parse,
            in_force: Arc::clone(&built_in),
            built_in,
            etag: None,
            broken: None,
            unreachable: None,
            asked_at: None,
        }
    }

    /// What to ask, where it is time to.
    pub fn question(&self, now: Timestamp) -> Option<Question> {
        let is_due = |at: Timestamp| now.duration_since(at) >= REVALIDATE_EVERY;
        self.asked_at.is_none_or(is_due).then(|| Question {
            object: self.object.clone(),
            known: self.etag.clone(),
        })
    }

    /// Takes an answer in, and says in the log what it changed.
    pub fn settle(&mut self, now: Timestamp, answer: Result<Found, Fault>) {
        let before = self.clone();
        self.take(now, answer);
        self.say(&before);
    }

    fn take(&mut self, now: Timestamp, answer: Result<Found, Fault>) {
        self.asked_at = Some(now);
        self.unreachable = answer
            .as_ref()
            .err()
            .map(|fault| ErrorChain(fault).to_string());
        match answer {
            Ok(Found::Nothing) => {
                self.in_force = Arc::clone(&self.built_in);
                (self.etag, self.broken) = (None, None);
            }
            Ok(Found::New(object)) => {
                self.etag = Some(object.etag);
                match (self.parse)(&self.built_in, &object.file, &object.text) {
                    Ok(parsed) => {
                        self.in_force = Arc::new(parsed);
                        self.broken = None;
                    }
                    Err(problems) => self.broken = Some(problems.to_string()),
                }
            }
            Ok(Found::Same) | Err(_) => {}
        }
    }

    /// Goes back to what was in force before, and asks for the whole object the next time: what it did not go together
    /// with may have changed by then.
    fn refuse(&mut self, before: &Self, why: String) {
        self.in_force = Arc::clone(&before.in_force);
        (self.etag, self.broken) = (None, Some(why));
    }

    fn say(&self, before: &Self) {
        let object = &self.object;
        if let Some(reason) = self.refused() {
            let serves = if self.is_overridden() {
                "the last good one"
            } else {
                "what is compiled in"
            };
            tracing::error!(object, reason, serves, "an override is refused");
        } else if before.refused().is_some() || !self.has_same(before) {
            let serves = if self.is_overridden() {
                "the override"
            } else {
                "what is compiled in"
            };
            tracing::info!(object, serves, "an override changed");
        }
    }

    fn has_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.in_force, &other.in_force)
    }

    /// What serves.
    pub fn in_force(&self) -> Arc<T> {
        Arc::clone(&self.in_force)
    }

    /// Whether something else than what is compiled in serves.
    pub fn is_overridden(&self) -> bool {
        !Arc::ptr_eq(&self.in_force, &self.built_in)
    }

    /// The reason why the object is not in force, or not known to be: it is broken, or could not be read.
    pub fn refused(&self) -> Option<&str> {
        self.unreachable.as_deref().or(self.broken.as_deref())
    }
}

impl<T: Clone> Revalidate for Override<T> {
    fn due(&self, now: Timestamp) -> Vec<Question> {
        self.question(now).into_iter().collect()
    }

    fn apply(&mut self, now: Timestamp, answers: Answers) {
        for answer in answers {
            self.settle(now, answer);
        }
    }
}
