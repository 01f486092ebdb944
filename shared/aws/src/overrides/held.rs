//! Overrides that a process holds between invocations, and their revalidation.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::{Answers, Question};

/// Reads overrides (`s3:GetObject` on the override bucket, and `s3:ListBucket` to distinguish a missing object from a
/// missing permission).
pub trait ReadOverrides {
    /// Returns one answer a question, in the order of the questions.
    fn read_overrides(&self, questions: &[Question]) -> impl Future<Output = Answers> + Send;
}

/// One override, or several that are revalidated together.
pub trait Revalidate {
    /// Returns the reads that are due at `now`: all or none.
    fn due(&self, now: Timestamp) -> Vec<Question>;

    /// Applies the answers to the questions of [`Self::due`], and logs the changes.
    fn apply(&mut self, now: Timestamp, answers: Answers);
}

/// Overrides of a process, shared by its invocations.
#[derive(Debug, Default)]
pub struct Held<R>(Mutex<R>);

impl<R: Revalidate> Held<R> {
    /// Holds overrides that have not been read yet.
    pub fn new(overrides: R) -> Self {
        Self(Mutex::new(overrides))
    }

    /// Reads and applies what is due. Returns no error: on one, the value in force stays, and the reason is logged.
    pub async fn refresh(&self, bucket: &impl ReadOverrides, now: Timestamp) {
        let due = self.get().due(now);
        if !due.is_empty() {
            let answers = bucket.read_overrides(&due).await;
            self.get().apply(now, answers);
        }
    }

    /// The overrides, locked. The guard must not be kept across an `await`.
    pub fn get(&self) -> MutexGuard<'_, R> {
        // A parser that panics leaves in force what was in force before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The overrides, of a process that needs them once.
    pub fn into_inner(self) -> R {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
