//! Overrides: objects in S3 that replace compiled-in files.
//!
//! The functions read them at their first use, and again by `ETag` after [`REVALIDATE_EVERY`]. An object that is
//! invalid or cannot be read is logged as an error, and the last valid one stays in force, or the compiled-in file: an
//! invocation never fails because of an override.

mod bucket;
mod cached;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use picket_rules::Problems;
use picket_shared::report::ErrorChain;

use crate::Fault;

pub use bucket::OverrideBucket;
pub use cached::{CachedOverrides, ReadOverrides, Revalidate};
pub use rules::RuleOverrides;

/// The interval between two reads of an object. A change is in force within the minute, publishing included; an
/// execution environment that works without a pause reads each object 86,400 times a month, which costs 3.5 cents.
pub const REVALIDATE_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// A conditional read of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionalRead {
    /// The object's key after the stack's prefix.
    pub object: String,
    /// The `ETag` of the version that is known.
    pub known: Option<String>,
}

/// The result of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No such object, or overrides are off.
    Nothing,
    /// The known version.
    Same,
    /// Another version.
    New(Object),
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its URI, for messages: `s3://…`.
    pub file: String,
    /// Its `ETag`.
    pub etag: String,
    /// Its text.
    pub text: String,
}

/// The results of reads, in the order of the reads.
pub type ReadResults = Vec<Result<Found, Fault>>;

/// The parser of an override's text: the built-in value, the file's name for messages, and the text.
pub type Parse<T> = fn(&T, &str, &str) -> Result<T, Problems>;

/// A built-in value and the object in S3 that replaces it.
#[derive(Debug, Clone)]
pub struct Override<T> {
    object: String,
    parse: Parse<T>,
    built_in: Arc<T>,
    in_force: Arc<T>,
    /// The `ETag` of the object that was read last, valid or not.
    etag: Option<String>,
    /// The reason why that object is invalid.
    broken: Option<String>,
    /// The reason why the last read failed.
    unreachable: Option<String>,
    read_at: Option<Timestamp>,
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
            read_at: None,
        }
    }

    /// Returns the read that is due, if any.
    pub fn due_read(&self, now: Timestamp) -> Option<ConditionalRead> {
        let is_due = |at: Timestamp| now.duration_since(at) >= REVALIDATE_EVERY;
        self.read_at.is_none_or(is_due).then(|| ConditionalRead {
            object: self.object.clone(),
            known: self.etag.clone(),
        })
    }

    /// Applies an result, and logs the change.
    pub fn settle(&mut self, now: Timestamp, result: Result<Found, Fault>) {
        let before = self.clone();
        self.take(now, result);
        self.log(&before);
    }

    fn take(&mut self, now: Timestamp, result: Result<Found, Fault>) {
        self.read_at = Some(now);
        self.unreachable = result
            .as_ref()
            .err()
            .map(|fault| ErrorChain(fault).to_string());
        match result {
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

    /// Restores the value that was in force, and reads the whole object the next time: the objects that it did not fit
    /// may have changed by then.
    fn refuse(&mut self, before: &Self, why: String) {
        self.in_force = Arc::clone(&before.in_force);
        (self.etag, self.broken) = (None, Some(why));
    }

    fn log(&self, before: &Self) {
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

    /// Returns the value in force.
    pub fn in_force(&self) -> Arc<T> {
        Arc::clone(&self.in_force)
    }

    /// Whether an override is in force.
    pub fn is_overridden(&self) -> bool {
        !Arc::ptr_eq(&self.in_force, &self.built_in)
    }

    /// Returns the reason why the object is not in force: it is invalid, or could not be read.
    pub fn refused(&self) -> Option<&str> {
        self.unreachable.as_deref().or(self.broken.as_deref())
    }
}

impl<T: Clone> Revalidate for Override<T> {
    fn due(&self, now: Timestamp) -> Vec<ConditionalRead> {
        self.due_read(now).into_iter().collect()
    }

    fn apply(&mut self, now: Timestamp, results: ReadResults) {
        for result in results {
            self.settle(now, result);
        }
    }
}
