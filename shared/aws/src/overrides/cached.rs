//! Overrides that a process holds between invocations, and their revalidation.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::{ConditionalRead, ReadResults};

/// Reads overrides (`s3:GetObject` on the override bucket, and `s3:ListBucket` to distinguish a missing object from a
/// missing permission).
pub trait ReadOverrides {
    /// Returns one result a read, in the order of the reads.
    fn read_overrides(&self, reads: &[ConditionalRead])
    -> impl Future<Output = ReadResults> + Send;
}

/// One override, or several that are revalidated together.
pub trait Revalidate {
    /// Returns the reads that are due at `now`: all or none.
    fn due(&self, now: Timestamp) -> Vec<ConditionalRead>;

    /// Applies the results to the reads of [`Self::due`], and logs the changes.
    fn apply(&mut self, now: Timestamp, results: ReadResults);
}

/// Overrides of a process, shared by its invocations.
#[derive(Debug, Default)]
pub struct CachedOverrides<R>(Mutex<R>);

impl<R: Revalidate> CachedOverrides<R> {
    /// Holds overrides that have not been read yet.
    pub fn new(overrides: R) -> Self {
        Self(Mutex::new(overrides))
    }

    /// Reads and applies what is due. Returns no error: on one, the value in force stays, and the reason is logged.
    pub async fn refresh(&self, bucket: &impl ReadOverrides, now: Timestamp) {
        let due = self.get().due(now);
        if !due.is_empty() {
            let results = bucket.read_overrides(&due).await;
            self.get().apply(now, results);
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
