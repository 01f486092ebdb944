//! How long a run is, and what it saw.

use std::fmt;

use crate::{
    faults::Faults,
    kernel::{HOUR, MINUTE, SECOND},
};

/// How long a run is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// How long it is rough, in microseconds.
    pub(super) rough: i64,
    /// Between two records, in microseconds.
    pub(super) gap: i64,
}

impl Scale {
    pub(crate) const SMALL: Self = Self {
        rough: 12 * MINUTE,
        gap: 2 * SECOND,
    };
    pub(crate) const LARGE: Self = Self {
        rough: 8 * HOUR,
        gap: 5 * SECOND,
    };
}

/// What a run saw, to know that it saw something.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) batches: u64,
    pub(crate) records: usize,
    pub(crate) slices: usize,
    pub(crate) large_slices: u64,
    pub(crate) ticks: u64,
    pub(crate) requests: u64,
    /// Slices sent to CloudWatch that may have been sent before.
    pub(crate) ambiguous: u64,
    /// By whoever commits.
    pub(crate) slices_read: u64,
    pub(crate) puts_refused: u64,
    pub(crate) faults: Faults,
}

impl Seen {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.batches += other.batches;
        self.records += other.records;
        self.slices += other.slices;
        self.large_slices += other.large_slices;
        self.ticks += other.ticks;
        self.requests += other.requests;
        self.ambiguous += other.ambiguous;
        self.slices_read += other.slices_read;
        self.puts_refused += other.puts_refused;
        self.faults.merge(&other.faults);
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            batches,
            records,
            slices,
            large_slices,
            ticks,
            requests,
            faults,
            ..
        } = self;
        let faults = faults.all();
        write!(
            f,
            "{batches} batches of {records} records, {slices} slices ({large_slices} large), {ticks} ticks, {requests} requests, {faults} faults"
        )
    }
}
